package io.sallyport.gateway;

import io.sallyport.cache.rule.CdnLoop;
import io.sallyport.cache.rule.HopByHop;
import io.sallyport.cache.rule.Via;
import io.sallyport.http.Fields;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;

/**
 * The one place where the fields of a forwarded request are decided, for fills, passes and WebSockets alike. What a stranger
 * could use to make an origin answer for another URL is dropped at the edge; what is true is written anew there.
 */
final class UpstreamFields implements HttpHeadersFilter, Ordered {
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

    UpstreamFields(GateProperties properties) {
        this.properties = properties;
    }

    @Override
    public HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
        boolean edge = properties.tier() == GateProperties.Tier.EDGE;
        Fields kept = HopByHop.strip(
                SpringFields.of(input, name -> !isDropped(name, edge)).build());
        kept = Via.append(kept, version(exchange), properties.cdnId());
        HttpHeaders output = SpringFields.headers(CdnLoop.append(kept, properties.cdnId()));
        handOnTrace(output);
        if (edge) {
            describeCustomer(output, exchange);
            if (!id(exchange).isEmpty()) {
                output.set(InternalFields.REQUEST_ID, id(exchange));
            }
        } else {
            String field = properties.requestIdField();
            if (field != null && !id(exchange).isEmpty()) {
                output.set(field, id(exchange));
            }
        }
        if (isGrpc(output)) {
            output.set(HttpHeaders.TE, "trailers");
        }
        return output;
    }

    /** What is no trace context is dropped whole (W3C Trace Context, section 4.3). */
    private static void handOnTrace(HttpHeaders output) {
        List<String> parents = output.getOrEmpty(TraceContext.PARENT);
        if (parents.size() != 1 || !TraceContext.isWellFormed(parents.getFirst())) {
            output.remove(TraceContext.PARENT);
            output.remove(TraceContext.STATE);
        }
    }

    /** The name of the fill, or of the request that is handed on. */
    private static String id(ServerWebExchange exchange) {
        FetchExchange fetch = exchange.getAttribute(FetchExchange.class.getName());
        ClientExchange pass = exchange.getAttribute(ClientExchange.class.getName());
        return fetch != null ? fetch.id() : pass != null ? pass.id() : "";
    }

    private static String version(ServerWebExchange exchange) {
        FetchExchange fetch = exchange.getAttribute(FetchExchange.class.getName());
        ClientExchange pass = exchange.getAttribute(ClientExchange.class.getName());
        return fetch != null ? fetch.version() : pass != null ? pass.version() : "1.1";
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
    static boolean isOfHttp2(String name) {
        return name.regionMatches(true, 0, "x-http2-", 0, 8);
    }

    /** Such a server takes no request whose client may not understand trailer fields. */
    private static boolean isGrpc(HttpHeaders fields) {
        String type = fields.getFirst(HttpHeaders.CONTENT_TYPE);
        return type != null && type.regionMatches(true, 0, "application/grpc", 0, 16);
    }

    /** A fill is nobody's request in particular: it carries what its key holds, and never an address. */
    private static void describeCustomer(HttpHeaders output, ServerWebExchange exchange) {
        String scheme = exchange.getRequest().getURI().getScheme();
        String host = exchange.getRequest().getHeaders().getFirst(HttpHeaders.HOST);
        InetSocketAddress customer = exchange.getRequest().getRemoteAddress();
        output.set(InternalFields.SCHEME, scheme);
        output.set("X-Forwarded-Proto", scheme);
        if (host != null) {
            output.set("X-Forwarded-Host", host);
        }
        if (customer != null && customer.getAddress() != null) {
            output.set("X-Forwarded-For", customer.getAddress().getHostAddress());
        }
        FetchExchange fetch = exchange.getAttribute(FetchExchange.class.getName());
        if (fetch != null && fetch.purpose() == FetchExchange.Purpose.REFRESH) {
            output.set(InternalFields.REFRESH, "?1");
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
