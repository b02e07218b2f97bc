package io.sallyport.gateway.upstream;

import io.sallyport.cache.rule.CdnLoop;
import io.sallyport.cache.rule.HopByHop;
import io.sallyport.cache.rule.Via;
import io.sallyport.gateway.request.ClientExchange;
import io.sallyport.gateway.request.InternalFields;
import io.sallyport.gateway.request.TraceContext;
import io.sallyport.gateway.setting.GateProperties;
import io.sallyport.http.Fields;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;

/**
 * The one place where the fields of a forwarded request are decided, for fills, passes and WebSockets alike. What a stranger
 * could use to make an origin answer for another URL is dropped at the edge; what is true is written anew there.
 */
public final class UpstreamFields implements HttpHeadersFilter, Ordered {
    /** Fields that applications are known to take for the host, scheme, path, method or address of a request. */
    private static final Set<String> DROPPED = Set.of(
            "cf-connecting-ip",
            "client-ip",
            "forwarded",
            "forwarded-for",
            "front-end-https",
            "proxy",
            "true-client-ip",
            "x-backend-host",
            "x-client-ip",
            "x-cluster-client-ip",
            "x-envoy-original-path",
            "x-forward-for",
            "x-forward-host",
            "x-host",
            "x-http-host-override",
            "x-http-method",
            "x-http-method-override",
            "x-method-override",
            "x-original-host",
            "x-original-remote-addr",
            "x-original-uri",
            "x-original-url",
            "x-override-url",
            "x-real-ip",
            "x-rewrite-url",
            "x-scheme",
            "x-url-scheme");

    private final GateProperties properties;

    public UpstreamFields(GateProperties properties) {
        this.properties = properties;
    }

    /**
     * What a request is forwarded for.
     *
     * @param version the version of HTTP in which it came
     * @param id its name in access logs; empty where there is no log
     * @param scheme the scheme that the customer used
     * @param host the host that the customer asked for
     * @param address the customer's address; null where it is nobody's request in particular
     * @param refresh whether no customer waits for it
     */
    public record Forwarded(
            String version,
            String id,
            String scheme,
            @Nullable String host,
            @Nullable String address,
            boolean refresh) {}

    @Override
    public HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
        return SpringFields.headers(of(SpringFields.of(input, name -> true).build(), forwarded(exchange)));
    }

    /** The fields of the forwarded request. */
    public Fields of(Fields received, Forwarded what) {
        boolean edge = properties.tier() == GateProperties.Tier.EDGE;
        Fields kept = HopByHop.strip(received.without(name -> isDropped(name, edge)));
        kept = Via.append(kept, what.version(), properties.cdnId());
        Fields.Builder output = CdnLoop.append(kept, properties.cdnId()).toBuilder();
        if (kept.contains(TraceContext.PARENT) || kept.contains(TraceContext.STATE)) {
            handOnTrace(kept, output);
        }
        if (edge) {
            describeCustomer(output, what);
        } else {
            String field = properties.requestIdField();
            if (field != null && !what.id().isEmpty()) {
                output.set(field, what.id());
            }
        }
        if (isGrpc(kept)) {
            output.set(HttpHeaders.TE, "trailers");
        }
        return output.build();
    }

    /** What is no trace context is dropped whole (W3C Trace Context, section 4.3). */
    private static void handOnTrace(Fields fields, Fields.Builder output) {
        List<String> parents = fields.values(TraceContext.PARENT);
        if (parents.size() != 1 || !TraceContext.isWellFormed(parents.getFirst())) {
            output.remove(TraceContext.PARENT).remove(TraceContext.STATE);
        }
    }

    /** A fill is nobody's request in particular: it carries what its key holds, and never an address. */
    private static Forwarded forwarded(ServerWebExchange exchange) {
        FetchExchange fetch = exchange.getAttribute(FetchExchange.class.getName());
        ClientExchange pass = exchange.getAttribute(ClientExchange.class.getName());
        InetSocketAddress customer = exchange.getRequest().getRemoteAddress();
        return new Forwarded(
                fetch != null ? fetch.version() : pass != null ? pass.version() : "1.1",
                fetch != null ? fetch.id() : pass != null ? pass.id() : "",
                String.valueOf(exchange.getRequest().getURI().getScheme()),
                exchange.getRequest().getHeaders().getFirst(HttpHeaders.HOST),
                customer == null || customer.getAddress() == null
                        ? null
                        : customer.getAddress().getHostAddress(),
                fetch != null && fetch.purpose() == FetchExchange.Purpose.REFRESH);
    }

    private static boolean isDropped(String name, boolean edge) {
        // Many an application reads "X_Forwarded_Host" and "X-Forwarded-Host" from the same variable (RFC 3875, section
        // 4.1.18).
        String canonical = name.toLowerCase(Locale.ROOT).replace('_', '-');
        return InternalFields.is(canonical)
                || isOfHttp2(canonical)
                || (edge && (canonical.startsWith("x-forwarded") || DROPPED.contains(canonical)));
    }

    /** Whether a field is Netty's own, which it adds to the messages of HTTP/2 streams. */
    public static boolean isOfHttp2(String name) {
        return name.regionMatches(true, 0, "x-http2-", 0, 8);
    }

    /** Such a server takes no request whose client may not understand trailer fields. */
    private static boolean isGrpc(Fields fields) {
        return fields.first(HttpHeaders.CONTENT_TYPE)
                .filter(type -> type.regionMatches(true, 0, "application/grpc", 0, 16))
                .isPresent();
    }

    private static void describeCustomer(Fields.Builder output, Forwarded what) {
        output.set(InternalFields.SCHEME, what.scheme());
        output.set("X-Forwarded-Proto", what.scheme());
        if (what.host() != null) {
            output.set("X-Forwarded-Host", what.host());
        }
        if (what.address() != null) {
            output.set("X-Forwarded-For", what.address());
        }
        if (what.refresh()) {
            output.set(InternalFields.REFRESH, "?1");
        }
        if (!what.id().isEmpty()) {
            output.set(InternalFields.REQUEST_ID, what.id());
        }
    }

    @Override
    public boolean supports(Type type) {
        return type == Type.REQUEST;
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }
}
