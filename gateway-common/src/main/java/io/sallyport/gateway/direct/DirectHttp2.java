package io.sallyport.gateway.direct;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.sallyport.cache.engine.UpstreamFailure;
import io.sallyport.http.ResponseHead;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/2 connection to a gate, and what comes on it. Requests are written as they come and sent together, once in each
 * turn of the event loop, to which it is confined.
 */
final class DirectHttp2 extends Http2EventAdapter implements DirectConnection {
    private static final String VERSION = "2";

    /** What a peer is to bear that has not said yet how much it bears (RFC 9113, section 6.5.2). */
    private static final int MOST_STREAMS_AT_FIRST = 100;

    private final Channel channel;
    private final Lane lane;
    private final DirectLimits limits;
    private final Function<Throwable, UpstreamFailure> failures;
    private final DirectCodec codec;
    private final ChannelHandlerContext context;
    private final Http2Connection http2;
    private final Http2Connection.PropertyKey key;
    private final long begin = System.nanoTime();
    private UpstreamFailure fault = DirectFailures.CLOSED;
    private long busySince = begin;
    private long heardAt = begin;
    private boolean settled;
    private boolean served;
    private boolean retired;
    private boolean full;
    private boolean flushing;

    DirectHttp2(Channel channel, Lane lane, DirectLimits limits, Function<Throwable, UpstreamFailure> failures) {
        this.channel = channel;
        this.lane = lane;
        this.limits = limits;
        this.failures = failures;
        this.codec = DirectCodec.of(this, limits.headBytes());
        this.http2 = codec.connection();
        this.key = http2.newKey();
        http2.addListener(this);
        channel.pipeline().addLast("sallyport.direct", codec);
        this.context = channel.pipeline().context(codec);
        channel.config().setAutoRead(true);
        channel.closeFuture().addListener(closed -> lane.ended(this));
    }

    @Override
    public boolean hasRoom() {
        full = settled ? !http2.local().canOpenStream() : http2.numActiveStreams() >= MOST_STREAMS_AT_FIRST;
        if (!retired && lane.isOutdated(channel)) {
            retire();
        }
        return !retired && !full && channel.isActive() && !http2.goAwaySent() && !http2.goAwayReceived();
    }

    @Override
    public void start(DirectExchange exchange) {
        int id = http2.local().incrementAndGetNextStreamId();
        if (id < 0) {
            retire();
            lane.send(exchange);
            return;
        }
        try {
            http2.local().createStream(id, false).setProperty(key, exchange);
        } catch (Http2Exception refused) {
            exchange.fail(failures.apply(refused), false);
            return;
        }
        exchange.startedOn(this, id);
        var _ = codec.encoder()
                .writeHeaders(context, id, DirectFields.of(exchange.request()), 0, true, channel.newPromise())
                .addListener(written -> {
                    if (!written.isSuccess()) {
                        exchange.closed(failures.apply(written.cause()), false, lane, false);
                    }
                });
        flush();
    }

    private void flush() {
        if (!flushing) {
            flushing = true;
            channel.eventLoop().execute(() -> {
                flushing = false;
                var _ = channel.flush();
            });
        }
    }

    private @Nullable DirectExchange exchange(int stream) {
        Http2Stream open = http2.stream(stream);
        return open == null ? null : open.getProperty(key);
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext context,
            int stream,
            Http2Headers headers,
            int dependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean last)
            throws Http2Exception {
        onHeadersRead(context, stream, headers, padding, last);
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext context, int stream, Http2Headers headers, int padding, boolean last)
            throws Http2Exception {
        heardAt = System.nanoTime();
        DirectExchange exchange = exchange(stream);
        if (exchange == null) {
            return;
        }
        if (!exchange.isHeaded()) {
            ResponseHead head = DirectFields.head(stream, headers);
            if (head.status() < 200) {
                if (head.status() != 100) {
                    exchange.informational(head);
                }
            } else {
                served = true;
                exchange.head(head, VERSION);
            }
        }
        if (last) {
            end(stream, exchange);
        }
    }

    private static void end(int stream, DirectExchange exchange) throws Http2Exception {
        if (!exchange.isHeaded()) {
            throw Http2Exception.streamError(stream, Http2Error.PROTOCOL_ERROR, "end before a final head");
        }
        exchange.end();
    }

    @Override
    public int onDataRead(ChannelHandlerContext context, int stream, ByteBuf content, int padding, boolean last)
            throws Http2Exception {
        heardAt = System.nanoTime();
        DirectExchange exchange = exchange(stream);
        if (exchange == null) {
            return content.readableBytes() + padding;
        }
        if (!exchange.isHeaded()) {
            throw Http2Exception.streamError(stream, Http2Error.PROTOCOL_ERROR, "content before a final head");
        }
        int taken = exchange.data(content);
        if (last) {
            end(stream, exchange);
        }
        return taken + padding;
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext context, int stream, long code) {
        DirectExchange exchange = exchange(stream);
        if (exchange != null) {
            exchange.closed(DirectFailures.CLOSED, code != Http2Error.REFUSED_STREAM.code(), lane, false);
        }
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext context, Http2Settings settings) {
        settled = true;
        lane.sendWaiting();
    }

    @Override
    public void onStreamClosed(Http2Stream stream) {
        DirectExchange exchange = stream.getProperty(key);
        if (exchange != null) {
            boolean processed =
                    !http2.goAwayReceived() || stream.id() <= http2.local().lastStreamKnownByPeer();
            exchange.closed(fault, processed, lane, served && !channel.isActive());
        }
    }

    @Override
    public void onStreamRemoved(Http2Stream stream) {
        if (http2.numActiveStreams() == 0) {
            busySince = System.nanoTime();
            if (retired || http2.goAwayReceived()) {
                close();
            }
        }
        if (full) {
            full = false;
            channel.eventLoop().execute(lane::sendWaiting);
        }
    }

    /** A message that was not HTTP/2 as it is to be. */
    void malformed(int stream) {
        DirectExchange exchange = exchange(stream);
        if (exchange != null) {
            exchange.fail(DirectFailures.MALFORMED, true);
        }
    }

    /** A request that no connection to this peer would bear, such as one with more fields than it takes. */
    void unsendable(int stream) {
        DirectExchange exchange = exchange(stream);
        if (exchange != null) {
            exchange.fail(DirectFailures.UNSENDABLE, false);
        }
    }

    /** Why all that is under way is about to end. */
    void failed(Throwable cause) {
        fault = cause instanceof Http2Exception ? DirectFailures.MALFORMED : failures.apply(cause);
    }

    @Override
    public void taken(int stream, int bytes, boolean wantsMore) {
        Http2Stream open = bytes == 0 ? null : http2.stream(stream);
        if (open != null) {
            try {
                if (codec.decoder().flowController().consumeBytes(open, bytes)) {
                    flush();
                }
            } catch (Http2Exception e) {
                codec.onError(context, true, e);
            }
        }
    }

    /** Gives a stream up (RFC 9113, section 8.1). */
    @Override
    public void reset(int stream) {
        if (http2.stream(stream) != null && channel.isActive()) {
            var _ = codec.resetStream(context, stream, Http2Error.CANCEL.code(), channel.newPromise());
            flush();
        }
    }

    @Override
    public void retire() {
        if (!retired) {
            retired = true;
            if (http2.numActiveStreams() == 0) {
                close();
            }
        }
    }

    private void close() {
        channel.eventLoop().execute(() -> {
            var _ = channel.close();
        });
    }

    @Override
    public void look(long now) {
        for (DirectExchange late : late(now)) {
            if (now - heardAt >= limits.response().toNanos()) {
                // Nothing at all has come for so long: whoever is at the other end does not answer the next one either.
                retire();
            }
            late.timeOut(late.isHeaded() ? DirectFailures.STALLED : DirectFailures.NO_RESPONSE);
        }
        boolean idle = http2.numActiveStreams() == 0
                && now - busySince >= limits.idle().toNanos();
        if (idle || now - begin >= limits.life().toNanos() || lane.isOutdated(channel)) {
            retire();
        }
    }

    private List<DirectExchange> late(long now) {
        List<DirectExchange> late = new ArrayList<>(0);
        try {
            http2.forEachActiveStream(stream -> {
                DirectExchange exchange = stream.getProperty(key);
                if (exchange != null && exchange.isLate(now, limits)) {
                    late.add(exchange);
                }
                return true;
            });
        } catch (Http2Exception e) {
            codec.onError(context, true, e);
        }
        return late;
    }
}
