package io.sallyport.gateway.hit;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.sallyport.cache.engine.Plan;
import io.sallyport.gateway.answer.ResponseWriter;
import io.sallyport.gateway.answer.WholeAnswer;
import io.sallyport.gateway.client.Drain;
import io.sallyport.gateway.client.HeadDeadline;
import io.sallyport.gateway.observe.Observers;
import io.sallyport.gateway.request.ClientExchange;
import io.sallyport.gateway.request.ClientExchange.Outcome;
import io.sallyport.gateway.request.ReceivedRequest;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/** What answers hits and refusals before Reactor Netty, shared by the connections. */
public final class Hits {
    private final Decisions decisions;
    private final ResponseWriter writer;
    private final Observers observers;
    private final Drain drain;

    public Hits(Decisions decisions, ResponseWriter writer, Observers observers, Drain drain) {
        this.decisions = decisions;
        this.writer = writer;
        this.observers = observers;
        this.drain = drain;
    }

    /**
     * What has been decided of the request that Reactor Netty hands over now; null where nothing has. The later requests of
     * its connection are looked at before Reactor Netty sees them.
     */
    @Nullable
    public Decision decided(ReceivedRequest request) {
        Channel channel = request.channel();
        if (channel instanceof Http2StreamChannel stream) {
            return decided(request, stream.stream(), channel.parent().pipeline());
        }
        return request.version().equals(HttpVersion.HTTP_1_1) ? decided(request, channel.pipeline()) : null;
    }

    private @Nullable Decision decided(ReceivedRequest request, ChannelPipeline connection) {
        HitHandler handler = connection.get(HitHandler.class);
        if (handler != null) {
            return handler.take();
        }
        ChannelHandlerContext codec = connection.context(HttpServerCodec.class);
        if (codec != null && connection.context(NettyPipeline.HttpTrafficHandler) != null) {
            HeadDeadline deadline = connection.get(HeadDeadline.class);
            connection.addBefore(
                    NettyPipeline.HttpTrafficHandler,
                    HitHandler.class.getName(),
                    new HitHandler(this, request.scheme(), deadline, codec));
        }
        return null;
    }

    private @Nullable Decision decided(ReceivedRequest request, Http2FrameStream stream, ChannelPipeline connection) {
        StreamHitHandler handler = connection.get(StreamHitHandler.class);
        if (handler != null) {
            Decision made = handler.take(stream);
            return made == null ? null : made.of(request);
        }
        Http2FrameCodec codec = connection.get(Http2FrameCodec.class);
        if (codec != null && connection.context(NettyPipeline.H2MultiplexHandler) != null) {
            connection.addBefore(
                    NettyPipeline.H2MultiplexHandler,
                    StreamHitHandler.class.getName(),
                    new StreamHitHandler(this, request.scheme(), codec, connection.context(codec), stream.id()));
        }
        return null;
    }

    /** Whether nothing but the request itself decides what it is answered with. */
    boolean areServed() {
        return !drain.isDraining();
    }

    Decision decide(ReceivedRequest request) {
        return decisions.of(request, observers.nanoTime());
    }

    /**
     * The whole answer to a hit, or a refusal; null where it is neither, or is no single message.
     *
     * @param room how many bytes of content it may have
     */
    @Nullable
    WholeAnswer answer(Decision decision, int room) {
        ClientExchange exchange = decision.exchange();
        return switch (decision.plan()) {
            case Plan.Serve serve -> {
                exchange.outcome(Outcome.HIT);
                yield writer.message(exchange, serve, room);
            }
            case Plan.Refuse refuse -> {
                exchange.outcome(Outcome.REFUSED);
                yield writer.message(exchange, refuse);
            }
            case Plan.ServeAndRevalidate stale -> null;
            case Plan.Forward forward -> null;
            case Plan.Pass pass -> null;
        };
    }

    void ended(Decision decision) {
        observers.ended(decision.exchange());
    }

    void discard(Decision decision) {
        decisions.discard(decision);
    }
}
