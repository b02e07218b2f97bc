package io.sallyport.gateway.direct;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.sallyport.cache.engine.UpstreamFailure;
import io.sallyport.http.Fields;
import io.sallyport.http.ResponseHead;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection, which has one request at a time (RFC 9112, section 9.3.2, asks for no more). What comes beyond the
 * end of a response, or while nothing was asked for, is never taken for the next response (section 6.3): the connection is
 * not used again.
 */
final class DirectHttp1 extends ChannelInboundHandlerAdapter implements DirectConnection {
    private final Channel channel;
    private final Lane lane;
    private final DirectLimits limits;
    private final Function<Throwable, UpstreamFailure> failures;
    private final DirectDecoder decoder;
    private final boolean secured;
    private final long begin = System.nanoTime();
    private long idleSince = begin;
    private int stream;
    private @Nullable DirectExchange exchange;
    private boolean persistent;
    private boolean interim;
    private boolean ended;
    private boolean served;
    private boolean retired;
    /** Whether the peer has said over TLS that it has sent all (RFC 9112, section 9.8). */
    private boolean saidAll;

    DirectHttp1(Channel channel, Lane lane, DirectLimits limits, Function<Throwable, UpstreamFailure> failures) {
        this.channel = channel;
        this.lane = lane;
        this.limits = limits;
        this.failures = failures;
        this.decoder = new DirectDecoder(limits);
        this.secured = channel.pipeline().get(SslHandler.class) != null;
        channel.pipeline()
                .addLast("sallyport.encoder", new HttpRequestEncoder())
                .addLast("sallyport.decoder", decoder)
                .addLast("sallyport.direct", this);
        channel.closeFuture().addListener(closed -> lane.ended(this));
        channel.config().setAutoRead(true);
    }

    @Override
    public boolean hasRoom() {
        if (exchange != null || retired) {
            return false;
        }
        if (lane.isOutdated(channel) || UnreadInput.waits(channel)) {
            retire();
        }
        return !retired && channel.isActive();
    }

    @Override
    public void start(DirectExchange started) {
        DefaultFullHttpRequest message;
        try {
            message = message(started.request());
        } catch (IllegalArgumentException unsendable) {
            started.fail(DirectFailures.UNSENDABLE, false);
            return;
        }
        exchange = started;
        persistent = false;
        interim = false;
        decoder.expect(message.method());
        started.startedOn(this, ++stream);
        int of = stream;
        var _ = channel.writeAndFlush(message).addListener(written -> {
            if (!written.isSuccess() && stream == of) {
                broken(failures.apply(written.cause()));
            }
        });
    }

    private static DefaultFullHttpRequest message(DirectRequest request) {
        HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
        headers.add(HttpHeaderNames.HOST, request.authority());
        Fields fields = request.fields();
        for (int line = 0; line < fields.size(); line++) {
            headers.add(fields.name(line), fields.value(line));
        }
        return new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1,
                HttpMethod.valueOf(request.method()),
                request.target(),
                Unpooled.EMPTY_BUFFER,
                headers,
                DefaultHttpHeadersFactory.trailersFactory().newEmptyHeaders());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            DirectExchange current = exchange;
            if (current == null || ended || !(message instanceof HttpObject object)) {
                excess();
            } else if (object.decoderResult().isFailure()) {
                broken(failures.apply(object.decoderResult().cause()));
            } else {
                if (message instanceof HttpResponse response) {
                    head(current, response);
                }
                if (message instanceof HttpContent content && exchange == current) {
                    content(current, content);
                }
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    /** What nobody asked for came, so that nothing more that comes can be trusted. */
    private void excess() {
        retired = true;
        persistent = false;
        if (!ended) {
            close();
        }
    }

    private void head(DirectExchange current, HttpResponse response) {
        int code = response.status().code();
        if (code < 100 || code == 101 || !isDecoded(response.headers())) {
            broken(DirectFailures.MALFORMED); // nobody asked for another protocol, or transfer coding
            return;
        }
        interim = code < 200;
        ResponseHead head = new ResponseHead(code, fields(response.headers()));
        if (!interim) {
            persistent = HttpUtil.isKeepAlive(response);
            HttpVersion version = response.protocolVersion();
            current.head(head, version.majorVersion() + "." + version.minorVersion());
        } else if (code != 100) {
            current.informational(head);
        }
    }

    /** Whether what the decoder makes of the content is the content (RFC 9112, section 6.1). */
    private static boolean isDecoded(HttpHeaders headers) {
        String coding = headers.get(HttpHeaderNames.TRANSFER_ENCODING);
        return coding == null || HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(coding);
    }

    private static Fields fields(HttpHeaders headers) {
        Fields.Builder fields = Fields.builder(headers.size() + 2);
        Iterator<Map.Entry<CharSequence, CharSequence>> lines = headers.iteratorCharSequence();
        while (lines.hasNext()) {
            Map.Entry<CharSequence, CharSequence> line = lines.next();
            fields.add(line.getKey().toString(), line.getValue().toString());
        }
        return fields.build();
    }

    private void content(DirectExchange current, HttpContent content) {
        if (interim) {
            return;
        }
        if (content.content().isReadable()) {
            current.data(content.content());
            if (exchange == current && current.isParked()) {
                channel.config().setAutoRead(false);
            }
        }
        if (content instanceof LastHttpContent && exchange == current) {
            if (secured && !saidAll && !channel.isActive()) {
                broken(DirectFailures.CLOSED);
            } else {
                ended = true;
            }
        }
    }

    /** The end is told when all that was read with it has been seen. */
    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        conclude();
    }

    private void conclude() {
        DirectExchange done = exchange;
        if (!ended || done == null) {
            return;
        }
        exchange = null;
        ended = false;
        served = true;
        idleSince = System.nanoTime();
        if (persistent && !retired && !decoder.hasLeftover() && channel.isActive()) {
            channel.config().setAutoRead(true);
        } else {
            retire();
        }
        done.end();
        lane.sendWaiting();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        saidAll |= event instanceof SslCloseCompletionEvent said && said.isSuccess();
        context.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        conclude();
        broken(DirectFailures.CLOSED);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        broken(failures.apply(cause));
    }

    /** The connection carries no response any more. */
    private void broken(UpstreamFailure failure) {
        DirectExchange lost = exchange;
        exchange = null;
        ended = false;
        retire();
        if (lost != null) {
            boolean stale = served && failure.kind() == UpstreamFailure.Kind.DISCONNECT;
            lost.closed(failure, true, lane, stale);
        }
    }

    @Override
    public void taken(int ofStream, int bytes, boolean wantsMore) {
        if (wantsMore && ofStream == stream) {
            channel.config().setAutoRead(true);
        }
    }

    /** There is no other way to give a response up than to close the connection (RFC 9112, section 9.6). */
    @Override
    public void reset(int ofStream) {
        if (ofStream == stream && exchange != null) {
            exchange = null;
            ended = false;
            retire();
        }
    }

    @Override
    public void retire() {
        retired = true;
        if (exchange == null) {
            close();
        }
    }

    /** Later, since who asks may be going through the connections. */
    private void close() {
        channel.eventLoop().execute(() -> {
            var _ = channel.close();
        });
    }

    @Override
    public void look(long now) {
        DirectExchange current = exchange;
        if (current != null) {
            if (current.isLate(now, limits)) {
                current.timeOut(current.isHeaded() ? DirectFailures.STALLED : DirectFailures.NO_RESPONSE);
            }
        } else if (now - idleSince >= limits.idle().toNanos()) {
            retire();
        }
        if (now - begin >= limits.life().toNanos() || lane.isOutdated(channel)) {
            retire();
        }
    }
}
