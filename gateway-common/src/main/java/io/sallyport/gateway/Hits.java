package io.sallyport.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.sallyport.cache.engine.Plan;
import io.sallyport.gateway.ClientExchange.Outcome;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/** What answers hits and refusals before Reactor Netty, shared by the connections. */
final class Hits {
    private final Decisions decisions;
    private final ResponseWriter writer;
    private final Observers observers;
    private final Drain drain;

    Hits(Decisions decisions, ResponseWriter writer, Observers observers, Drain drain) {
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
    Decision decided(ReceivedRequest request) {
        Channel channel = request.channel();
        if (channel instanceof Http2StreamChannel || !request.version().equals(HttpVersion.HTTP_1_1)) {
            return null;
        }
        HitHandler handler = channel.pipeline().get(HitHandler.class);
        if (handler != null) {
            return handler.take();
        }
        ChannelHandlerContext traffic = channel.pipeline().context(NettyPipeline.HttpTrafficHandler);
        if (traffic != null) {
            HeadDeadline deadline = channel.pipeline().get(HeadDeadline.class);
            channel.pipeline()
                    .addBefore(
                            NettyPipeline.HttpTrafficHandler,
                            HitHandler.class.getName(),
                            new HitHandler(this, request.scheme(), deadline));
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

    /** The whole answer to a hit, or a refusal; null where it is neither, or is no single message. */
    @Nullable
    FullHttpResponse answer(Decision decision) {
        ClientExchange exchange = decision.exchange();
        return switch (decision.plan()) {
            case Plan.Serve serve -> {
                exchange.outcome(Outcome.HIT);
                yield writer.message(exchange, serve);
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
