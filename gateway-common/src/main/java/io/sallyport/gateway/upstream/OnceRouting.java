package io.sallyport.gateway.upstream;

import java.util.List;
import java.util.Set;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.filter.NettyRoutingFilter;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.http.HttpMethod;
import org.springframework.web.server.ServerWebExchange;
import reactor.netty.http.client.HttpClient;

/**
 * Spring's routing filter, in whose place it does the work, but for one thing: an unsafe request is sent once, and so is one
 * that goes to another gate instead. Reactor Netty's client sends a request again on a new connection when a pooled one turns
 * out to be reset, and the origin may have acted on the first already (RFC 9110, section 9.2.2).
 */
public final class OnceRouting extends NettyRoutingFilter {
    private static final Set<HttpMethod> SAFE = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    /** The attribute of an exchange whose request may have reached upstream. */
    private static final String SENT = OnceRouting.class.getName() + ".sent";

    private static final String ONCE = OnceRouting.class.getName() + ".once";

    public OnceRouting(
            HttpClient client,
            ObjectProvider<List<HttpHeadersFilter>> headersFilters,
            HttpClientProperties properties) {
        super(client, headersFilters, properties);
    }

    @Override
    protected HttpClient getHttpClient(Route route, ServerWebExchange exchange) {
        HttpClient client = super.getHttpClient(route, exchange)
                .doOnRequest((request, connection) -> exchange.getAttributes().put(SENT, true));
        boolean again = SAFE.contains(exchange.getRequest().getMethod())
                && !exchange.getAttributes().containsKey(ONCE);
        return again ? client : client.disableRetry(true);
    }

    /** Has the request of this exchange sent once to whom it goes, whatever its method. */
    static void sendOnce(ServerWebExchange exchange) {
        exchange.getAttributes().put(ONCE, true);
    }

    /** Whether the request of this exchange may have reached upstream: its connection stood, and it was to be written. */
    static boolean wasSent(ServerWebExchange exchange) {
        return exchange.getAttributes().containsKey(SENT);
    }

    /** Forgets that the request of this exchange was sent. */
    static void unsent(ServerWebExchange exchange) {
        exchange.getAttributes().remove(SENT);
    }

    /** Ahead of Spring's own, which then finds the exchange routed. */
    @Override
    public int getOrder() {
        return super.getOrder() - 2;
    }
}
