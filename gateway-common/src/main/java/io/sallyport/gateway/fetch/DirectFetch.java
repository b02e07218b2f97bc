package io.sallyport.gateway.fetch;

import io.netty.buffer.ByteBuf;
import io.sallyport.cache.engine.Upstream;
import io.sallyport.cache.engine.UpstreamFailure;
import io.sallyport.cache.rule.CacheKeys;
import io.sallyport.cache.rule.HopByHop;
import io.sallyport.gateway.direct.DirectClient;
import io.sallyport.gateway.direct.DirectRequest;
import io.sallyport.gateway.direct.Receiver;
import io.sallyport.gateway.request.InternalFields;
import io.sallyport.gateway.request.TraceContext;
import io.sallyport.gateway.route.DirectRoute;
import io.sallyport.gateway.upstream.FetchExchange;
import io.sallyport.gateway.upstream.RegionalAttempts;
import io.sallyport.gateway.upstream.RegionalGate;
import io.sallyport.gateway.upstream.RegionalLists;
import io.sallyport.gateway.upstream.UpstreamFields;
import io.sallyport.http.Fields;
import io.sallyport.http.RequestHead;
import io.sallyport.http.ResponseHead;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Fetches past Spring: the fields, the order of gates and what is told to a fill are the same on both ways. */
final class DirectFetch {
    private final DirectClient client;
    private final RegionalLists lists;
    private final UpstreamFields fields;
    private final String pseudonym;

    DirectFetch(DirectClient client, RegionalLists lists, UpstreamFields fields, String pseudonym) {
        this.client = client;
        this.lists = lists;
        this.fields = fields;
        this.pseudonym = pseudonym;
    }

    /**
     * The upstream of a route's fills.
     *
     * @param otherwise the way to where this one does not lead
     */
    Upstream through(DirectRoute route, FetchExchange.Origin origin, Upstream otherwise) {
        return (request, sink) -> {
            if (!RegionalLists.SCHEME.equals(route.uri().getScheme())) {
                if (!client.reaches(route.uri())) {
                    return otherwise.fetch(request, sink);
                }
                Attempt attempt = new Attempt(request(route, origin, request, true), sink);
                attempt.send(route.uri());
                return attempt;
            }
            List<RegionalGate> gates = lists.of(route.uri().getHost());
            if (gates.isEmpty() || !gates.stream().allMatch(gate -> client.reaches(gate.uri()))) {
                return otherwise.fetch(request, sink);
            }
            // Where there is another gate, that one gets what this one may have had.
            Attempt attempt = new Attempt(request(route, origin, request, gates.size() == 1), sink);
            attempt.along(new RegionalAttempts(lists, gates, true));
            return attempt;
        };
    }

    private Sending request(DirectRoute route, FetchExchange.Origin origin, RequestHead head, boolean repeatable) {
        Fields forwarded = fields.of(
                head.fields(),
                new UpstreamFields.Forwarded(
                        origin.version(),
                        origin.id(),
                        head.scheme(),
                        head.authority(),
                        null,
                        origin.purpose() == FetchExchange.Purpose.REFRESH));
        String target = head.query() == null ? head.path() : head.path() + "?" + head.query();
        Fields withoutHost = forwarded.without("host"::equalsIgnoreCase);
        return peer -> new DirectRequest(
                head.method(),
                route.preservesHost() ? head.authority() : CacheKeys.host(peer.getScheme(), peer.getRawAuthority()),
                target,
                withoutHost,
                repeatable);
    }

    /** A request as it goes to a peer. */
    @FunctionalInterface
    private interface Sending {
        DirectRequest to(URI peer);
    }

    /** One fetch: from one peer, or along the gates of a list. */
    private final class Attempt implements Receiver, Upstream.Exchange {
        private final Sending request;
        private final Upstream.Sink sink;
        private volatile @Nullable RegionalAttempts attempts;
        private volatile @Nullable RegionalGate gate;
        private volatile boolean headed;
        private int number;
        private boolean cancelled;
        private Upstream.@Nullable Exchange running;

        Attempt(Sending request, Upstream.Sink sink) {
            this.request = request;
            this.sink = sink;
        }

        void along(RegionalAttempts gates) {
            attempts = gates;
            next(gates);
        }

        private void next(RegionalAttempts gates) {
            RegionalGate chosen = gates.next().orElseThrow();
            gate = chosen;
            send(chosen.uri());
        }

        void send(URI to) {
            running(begun(), client.send(to, request.to(to), this));
        }

        private synchronized int begun() {
            return ++number;
        }

        private void running(int begun, Upstream.Exchange started) {
            boolean unwanted;
            synchronized (this) {
                if (begun == number) { // else another has followed it meanwhile
                    running = started;
                }
                unwanted = cancelled;
            }
            if (unwanted) {
                started.cancel();
            }
        }

        private synchronized Upstream.@Nullable Exchange running() {
            return running;
        }

        @Override
        public void informational(ResponseHead interim) {
            sink.informational(interim.withFields(received(interim.fields())));
        }

        @Override
        public boolean head(ResponseHead head, String version) {
            RegionalAttempts along = attempts;
            RegionalGate asked = gate;
            if (along != null && asked != null) {
                if (!isDraining(head)) {
                    asked.answered();
                } else if (along.draining(asked)) {
                    next(along);
                    return false;
                }
            }
            headed = true;
            sink.head(
                    head.withFields(received(head.fields()).toBuilder()
                            .add("Via", version + " " + pseudonym)
                            .build()),
                    true);
            return true;
        }

        private static Fields received(Fields fields) {
            return HopByHop.strip(fields).without(name -> TraceContext.is(name) || UpstreamFields.isOfHttp2(name));
        }

        private static boolean isDraining(ResponseHead head) {
            return head.status() == 503 && head.fields().contains(InternalFields.DRAINING);
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
        public void failed(UpstreamFailure failure, boolean processed) {
            RegionalAttempts along = attempts;
            RegionalGate asked = gate;
            if (!headed && along != null && asked != null && along.failed(asked, failure, processed)) {
                next(along);
            } else {
                sink.failed(failure);
            }
        }

        @Override
        public void resume() {
            Upstream.Exchange resumed = running();
            if (resumed != null) {
                resumed.resume();
            }
        }

        @Override
        public void cancel() {
            synchronized (this) {
                cancelled = true;
            }
            RegionalGate asked = gate;
            if (asked != null && !headed) {
                asked.givenUp();
            }
            Upstream.Exchange given = running();
            if (given != null) {
                given.cancel();
            }
        }
    }
}
