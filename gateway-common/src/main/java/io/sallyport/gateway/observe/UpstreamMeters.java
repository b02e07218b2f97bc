package io.sallyport.gateway.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.netty.buffer.ByteBuf;
import io.sallyport.cache.engine.Upstream;
import io.sallyport.cache.engine.UpstreamFailure;
import io.sallyport.gateway.setting.GateProperties;
import io.sallyport.http.ResponseHead;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How upstream answers fills, and the passes that the cache hands on: {@code sallyport.upstream.fetches}, the time until the
 * head of the response or the failure, and {@code sallyport.upstream.errors} by kind, both by tier and route. The route tag is a
 * configured id.
 */
public final class UpstreamMeters {
    private static final String RESPONSE_5XX = "response_5xx";
    private static final int FIRST_SERVER_ERROR = 500;

    private final MeterRegistry registry;
    private final String tier;
    private final Map<String, Meters> byRoute = new ConcurrentHashMap<>();

    private record Meters(Timer fills, Timer passes, Map<String, Counter> errors) {
        void error(String kind) {
            Counter counter = errors.get(kind);
            if (counter != null) {
                counter.increment();
            }
        }
    }

    public UpstreamMeters(MeterRegistry registry, GateProperties.Tier tier) {
        this.registry = registry;
        this.tier = tier.label();
    }

    /** Makes the series of a route appear before its first fetch. */
    public void route(String id) {
        byRoute.computeIfAbsent(id, this::register);
    }

    private Meters register(String route) {
        Map<String, Counter> errors = Stream.concat(
                        Stream.of(UpstreamFailure.Kind.values()).map(UpstreamMeters::tag), Stream.of(RESPONSE_5XX))
                .collect(Collectors.toUnmodifiableMap(kind -> kind, kind -> errors(route, kind)));
        return new Meters(fetches(route, "fill"), fetches(route, "pass"), errors);
    }

    private Timer fetches(String route, String kind) {
        return Timer.builder("sallyport.upstream.fetches")
                .tags("tier", tier, "route", route, "kind", kind)
                .description("Fills and passes by the time until the head of the response, or until the failure")
                .register(registry);
    }

    private Counter errors(String route, String kind) {
        return Counter.builder("sallyport.upstream.errors")
                .tags("tier", tier, "route", route, "kind", kind)
                .description("Fills and passes that failed, or were answered with a 5xx, by kind")
                .register(registry);
    }

    private static String tag(UpstreamFailure.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    /** A pass was answered, or failed, so long after it began. */
    public void passed(String route, long nanos, int status, @Nullable UpstreamFailure failure) {
        Meters meters = byRoute.computeIfAbsent(route, this::register);
        meters.passes().record(nanos, TimeUnit.NANOSECONDS);
        if (failure != null) {
            meters.error(tag(failure.kind()));
        } else if (status >= FIRST_SERVER_ERROR) {
            meters.error(RESPONSE_5XX);
        }
    }

    /** The same upstream, observed. */
    public Upstream observing(String route, Upstream upstream) {
        Meters meters = byRoute.computeIfAbsent(route, this::register);
        return (request, sink) -> upstream.fetch(request, new Observed(sink, meters));
    }

    /** Counts the head or the failure before it, whichever is first; a failure after the head counts as an error only. */
    private static final class Observed implements Upstream.Sink {
        private final Upstream.Sink sink;
        private final Meters meters;
        private final long begin = System.nanoTime();
        private boolean timed;

        Observed(Upstream.Sink sink, Meters meters) {
            this.sink = sink;
            this.meters = meters;
        }

        private void answered() {
            if (!timed) {
                timed = true;
                meters.fills().record(System.nanoTime() - begin, TimeUnit.NANOSECONDS);
            }
        }

        @Override
        public void informational(ResponseHead head) {
            sink.informational(head);
        }

        @Override
        public void head(ResponseHead head, boolean shareable) {
            answered();
            if (head.status() >= FIRST_SERVER_ERROR) {
                meters.error(RESPONSE_5XX);
            }
            sink.head(head, shareable);
        }

        @Override
        public boolean data(ByteBuf content) {
            return sink.data(content);
        }

        @Override
        public void complete() {
            sink.complete();
        }

        @Override
        public void failed(UpstreamFailure failure) {
            answered();
            meters.error(tag(failure.kind()));
            sink.failed(failure);
        }
    }
}
