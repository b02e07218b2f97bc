package io.sallyport.gateway.hit;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2FrameStreamEvent;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.HttpConversionUtil;
import io.sallyport.gateway.answer.WholeAnswer;
import io.sallyport.gateway.request.ReceivedRequest;
import io.sallyport.gateway.request.RequestHeads;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Answers hits and refusals of an HTTP/2 connection before a channel is made for their stream and an exchange for their
 * request. Takes a GET or HEAD without content whose answer can be written at once, as far as flow control (RFC 9113, section
 * 5.2) and the socket are concerned, so that its stream is closed as soon as that is sent; hands on everything else, with
 * what it has decided about it. One connection's, confined to its loop.
 */
final class StreamHitHandler extends ChannelInboundHandlerAdapter {
    private static final HttpVersion VERSION = new HttpVersion("HTTP", 2, 0, true);

    /** Among more streams than these it is not looked for one that has something to send. */
    private static final int FEW_STREAMS = 16;

    /** What the fields of an answer take at most of what the socket is given before it counts as full. */
    private static final int FIELDS_BYTES = 8 << 10;

    private static final int LEAST_ROOM = 1 << 10;

    /** After so much the answers so far are sent: TLS takes what the socket does not count before that. */
    private static final int TURN_BYTES = 64 << 10;

    private final Hits hits;
    private final String scheme;
    private final boolean secured;
    private final Http2FrameCodec codec;
    /** The codec's, which is where frames are written. */
    private final ChannelHandlerContext frames;

    private int newestStream;
    /** News of a stream that begins with its whole request, which comes next. */
    private @Nullable Http2FrameStreamEvent begun;

    /** The streams that are answered, and closed when that has been sent. */
    private final Queue<Http2FrameStreamEvent> unsent = new ArrayDeque<>();

    /** What has been written since it was last sent. */
    private int unflushedBytes;

    private @Nullable Decision decision;
    private @Nullable Http2FrameStream decidedOf;

    /**
     * Creates the handler of a connection.
     *
     * @param codec the codec of the connection
     * @param frames its context
     * @param newestStream the identifier of the newest stream so far
     */
    StreamHitHandler(Hits hits, String scheme, Http2FrameCodec codec, ChannelHandlerContext frames, int newestStream) {
        this.hits = hits;
        this.scheme = scheme;
        this.secured = scheme.equals("https");
        this.codec = codec;
        this.frames = frames;
        this.newestStream = newestStream;
    }

    /** Takes over what has been decided of the request that is being handed on, if it is that of this stream. */
    @Nullable
    Decision take(Http2FrameStream stream) {
        Decision made = stream.equals(decidedOf) ? decision : null;
        if (made != null) {
            decision = null;
        }
        return made;
    }

    /** A stream that the next handler has not heard of costs it nothing. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        tellOfBegun(context);
        if (!(event instanceof Http2FrameStreamEvent news)) {
            tellOfUnsent(context);
        } else if (news.stream().id() > newestStream) {
            newestStream = news.stream().id();
            if (news.stream().state() == Http2Stream.State.HALF_CLOSED_REMOTE) {
                begun = news;
                return;
            }
        } else if (news.stream().state() == Http2Stream.State.CLOSED && isSent(news.stream())) {
            return;
        }
        context.fireUserEventTriggered(event);
    }

    /** The next handler takes it that each stream that is not closed has a channel, when it has something to say to all. */
    private void tellOfUnsent(ChannelHandlerContext context) {
        for (Http2FrameStreamEvent news = unsent.poll(); news != null; news = unsent.poll()) {
            context.fireUserEventTriggered(news);
        }
    }

    /** Whether a stream that is closed now was answered here, and the next handler has not heard of it. */
    private boolean isSent(Http2FrameStream stream) {
        for (Http2FrameStreamEvent news : unsent) { // it is the first, unless one was reset
            if (news.stream().equals(stream)) {
                unsent.remove(news);
                return true;
            }
        }
        return false;
    }

    private void tellOfBegun(ChannelHandlerContext context) {
        Http2FrameStreamEvent news = begun;
        if (news != null) {
            begun = null;
            context.fireUserEventTriggered(news);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Http2Exception {
        Http2FrameStreamEvent news = begun;
        if (news == null
                || !(message instanceof Http2HeadersFrame head)
                || !news.stream().equals(head.stream())) {
            tellOfBegun(context);
            tellOfUnsent(context);
            context.fireChannelRead(message);
            return;
        }
        begun = null;
        if (isAnswered(context.channel(), news, head.headers())) {
            return;
        }
        context.fireUserEventTriggered(news);
        context.fireChannelRead(head);
        Decision unused = decision;
        if (unused != null) {
            decision = null;
            hits.discard(unused);
        }
        decidedOf = null;
    }

    private boolean isAnswered(Channel channel, Http2FrameStreamEvent news, Http2Headers headers)
            throws Http2Exception {
        Http2FrameStream stream = news.stream();
        Http2Stream own = codec.connection().stream(stream.id());
        int room = own == null ? 0 : room(channel, own);
        HttpRequest request = room < LEAST_ROOM || !hits.areServed() ? null : plain(stream, headers);
        if (request == null) {
            return false;
        }
        Decision made = hits.decide(
                new ReceivedRequest(channel, request.method(), request.uri(), VERSION, scheme, request.headers()));
        WholeAnswer answer = hits.answer(made, room);
        if (answer == null) {
            decision = made;
            decidedOf = stream;
            return false;
        }
        unsent.add(news);
        unflushedBytes += answer.content().readableBytes();
        write(stream.id(), answer);
        hits.ended(made);
        return true;
    }

    /** How many bytes of content can be written at once. */
    private int room(Channel channel, Http2Stream own) throws Http2Exception {
        Http2Connection connection = codec.connection();
        Http2RemoteFlowController flow = codec.encoder().flowController();
        int windows = Math.min(flow.windowSize(connection.connectionStream()), flow.windowSize(own));
        if (windows < LEAST_ROOM || isAnyWaiting(connection, flow)) {
            return 0;
        }
        if (unflushedBytes >= TURN_BYTES) {
            unflushedBytes = 0;
            frames.flush();
        }
        return (int) Math.min(windows, socket(channel));
    }

    /** How many bytes the socket is given before it counts as full. One that has nothing to send takes the fields beside them. */
    private long socket(Channel channel) {
        long bytes = channel.bytesBeforeUnwritable();
        int most = channel.config().getWriteBufferHighWaterMark();
        if (!secured) {
            return bytes - FIELDS_BYTES;
        }
        return bytes >= most && unflushedBytes == 0 ? most : bytes - FIELDS_BYTES - unflushedBytes;
    }

    /** Whether a stream has something to send already, which shares with this one what may be sent now. */
    private boolean isAnyWaiting(Http2Connection connection, Http2RemoteFlowController flow) throws Http2Exception {
        int others = connection.numActiveStreams() - 1 - unsent.size();
        return others > FEW_STREAMS
                || (others > 0 && connection.forEachActiveStream(other -> !flow.hasFlowControlled(other)) != null);
    }

    /** The request in the form that all look at, if it is one that is answered here; null for all others. */
    private static @Nullable HttpRequest plain(Http2FrameStream stream, Http2Headers headers) {
        CharSequence method = headers.method();
        if (headers.path() == null
                || method == null
                || !(HttpMethod.GET.asciiName().contentEquals(method)
                        || HttpMethod.HEAD.asciiName().contentEquals(method))
                || headers.contains(HttpHeaderNames.EXPECT)) {
            return null;
        }
        try {
            HttpRequest request = HttpConversionUtil.toHttpRequest(stream.id(), headers, true);
            return RequestHeads.hasContent(request.headers()) ? null : request;
        } catch (Http2Exception | IllegalArgumentException malformed) {
            return null; // whoever makes the exchange says so
        }
    }

    private void write(int stream, WholeAnswer answer) throws Http2Exception {
        Http2ConnectionEncoder encoder = codec.encoder();
        ByteBuf content = answer.content();
        boolean bare = !content.isReadable();
        var _ = encoder.writeHeaders(frames, stream, answer.http2(), 0, bare, frames.newPromise());
        if (bare) {
            content.release();
        } else {
            var _ = encoder.writeData(frames, stream, content, 0, true, frames.newPromise());
            encoder.flowController().writePendingBytes();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        tellOfBegun(context);
        unflushedBytes = 0;
        context.fireChannelReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        tellOfBegun(context);
        tellOfUnsent(context);
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        tellOfBegun(context);
        tellOfUnsent(context);
        context.fireExceptionCaught(cause);
    }
}
