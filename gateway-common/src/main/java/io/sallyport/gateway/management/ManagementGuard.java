package io.sallyport.gateway.management;

import java.net.InetAddress;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Lets no web page in an operator's browser write on the management port: a write must name the port by a known host (a page
 * whose name was rebound to this address does not), must come from no other origin, and its content must be JSON, which a
 * page cannot send elsewhere without asking first.
 */
final class ManagementGuard implements WebFilter, Ordered {
    private static final Set<HttpMethod> READS = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private final Set<String> hosts = new HashSet<>(List.of("localhost", "127.0.0.1", "[::1]"));

    /**
     * A guard of one port.
     *
     * @param address what the port is bound to; null for every address
     * @param names under which it is known besides
     */
    ManagementGuard(@Nullable InetAddress address, List<String> names) {
        if (address != null && !address.isAnyLocalAddress()) {
            String text = address.getHostAddress().toLowerCase(Locale.ROOT);
            hosts.add(text.contains(":") ? "[" + text + "]" : text);
        }
        names.forEach(name -> hosts.add(name.toLowerCase(Locale.ROOT)));
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        if (READS.contains(request.getMethod())) {
            return chain.filter(exchange);
        }
        HttpHeaders headers = request.getHeaders();
        String host = headers.getFirst(HttpHeaders.HOST);
        if (host == null || !hosts.contains(withoutPort(host))) {
            return refuse(exchange, HttpStatus.FORBIDDEN, "Host must be one of " + hosts + ": " + host);
        }
        List<String> origins = headers.getOrEmpty(HttpHeaders.ORIGIN);
        if (!origins.stream().allMatch(origin -> isOf(host, origin))) {
            return refuse(exchange, HttpStatus.FORBIDDEN, "Origin must be absent or that of the port itself");
        }
        if (!isJson(headers)) {
            return refuse(exchange, HttpStatus.UNSUPPORTED_MEDIA_TYPE, "Content-Type must be application/json");
        }
        return chain.filter(exchange);
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        String name = colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
        return name.toLowerCase(Locale.ROOT);
    }

    private static boolean isOf(String host, String origin) {
        try {
            return host.equalsIgnoreCase(URI.create(origin).getRawAuthority());
        } catch (IllegalArgumentException notAUri) {
            return false;
        }
    }

    private static boolean isJson(HttpHeaders headers) {
        boolean content = headers.getContentLength() > 0 || headers.containsHeader(HttpHeaders.TRANSFER_ENCODING);
        try {
            MediaType type = headers.getContentType();
            return type == null ? !content : MediaType.APPLICATION_JSON.isCompatibleWith(type) && type.isConcrete();
        } catch (InvalidMediaTypeException malformed) {
            return false;
        }
    }

    private static Mono<Void> refuse(ServerWebExchange exchange, HttpStatus status, String reason) {
        return ManagementAnswers.write(exchange, status, new ManagementAnswers.Refused(reason));
    }

    /** After the door. */
    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE + 1;
    }
}
