package io.sallyport.gateway.direct;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Settings;

/** Netty's HTTP/2 with what a connection to a gate needs to know of its errors. */
final class DirectCodec extends Http2ConnectionHandler {
    /** How much one response may be ahead of what is asked for, and how much all of a connection may be on their way. */
    private static final int STREAM_WINDOW_BYTES = 1 << 20;

    private static final int CONNECTION_WINDOW_BYTES = 16 << 20;

    private final DirectHttp2 owner;

    private DirectCodec(
            Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings, DirectHttp2 owner) {
        super(decoder, encoder, settings);
        this.owner = owner;
    }

    static DirectCodec of(DirectHttp2 owner, long headBytes) {
        Http2Connection connection = new DefaultHttp2Connection(false);
        // Windows of streams bound what is held back; one that stands still must not take the connection from the
        // others.
        connection
                .local()
                .flowController(new DefaultHttp2LocalFlowController(
                        connection, DefaultHttp2LocalFlowController.DEFAULT_WINDOW_UPDATE_RATIO, true));
        Http2ConnectionEncoder encoder = new DefaultHttp2ConnectionEncoder(connection, new DefaultHttp2FrameWriter());
        Http2ConnectionDecoder decoder = new DefaultHttp2ConnectionDecoder(
                connection,
                encoder,
                new DefaultHttp2FrameReader(new DefaultHttp2HeadersDecoder(true, true, headBytes)));
        decoder.frameListener(owner);
        Http2Settings settings = Http2Settings.defaultSettings()
                .pushEnabled(false)
                .initialWindowSize(STREAM_WINDOW_BYTES)
                .maxHeaderListSize(headBytes);
        return new DirectCodec(decoder, encoder, settings, owner);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) throws Exception {
        super.handlerAdded(context);
        decoder()
                .flowController()
                .incrementWindowSize(
                        connection().connectionStream(), CONNECTION_WINDOW_BYTES - Http2CodecUtil.DEFAULT_WINDOW_SIZE);
        context.flush();
    }

    @Override
    protected void onStreamError(
            ChannelHandlerContext context, boolean outbound, Throwable cause, Http2Exception.StreamException http2) {
        if (outbound) {
            owner.unsendable(http2.streamId());
        } else {
            owner.malformed(http2.streamId());
        }
        super.onStreamError(context, outbound, cause, http2);
    }

    @Override
    protected void onConnectionError(
            ChannelHandlerContext context, boolean outbound, Throwable cause, Http2Exception http2) {
        owner.failed(http2 == null ? cause : http2);
        super.onConnectionError(context, outbound, cause, http2);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) throws Exception {
        if (Http2CodecUtil.getEmbeddedHttp2Exception(cause) != null) {
            super.exceptionCaught(context, cause);
        } else {
            owner.failed(cause);
            var _ = context.close();
        }
    }
}
