package io.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.cache.CacheKey;
import io.sallyport.cache.engine.CachedRoute;
import io.sallyport.cache.rule.CacheKeys;
import io.sallyport.gateway.route.RouteTable;
import io.sallyport.http.Fields;
import io.sallyport.http.RequestHead;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.gateway.event.RefreshRoutesEvent;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.handler.RoutePredicateHandlerMapping;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.cloud.gateway.route.CachingRouteLocator;
import org.springframework.cloud.gateway.route.InMemoryRouteDefinitionRepository;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.publisher.Mono;

@DisplayName("The gate never chooses another cached route than Spring Cloud Gateway")
class RouteAgreementTests {
    /**
     * How many requests must have taken a generated cached route, and how many must have been left to Spring. Route lists are
     * made until there are so many of both, since one list may bring none of its requests to either: mostly the last route of
     * all, which takes everything, gets them.
     */
    private static final int ENOUGH = 500;

    private static final int MORE_THAN_ENOUGH = 2_500;

    private static final int MOST_ROUTE_LISTS = 600;
    private static final int REQUESTS = 100;
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    private static final List<String> METHODS = List.of("GET", "HEAD", "POST", "DELETE");
    private static final List<String> HOSTS = List.of(
            "a.example",
            "b.example",
            "www.a.example",
            "a.example:8080",
            "A.Example",
            "a.example:80",
            "a.example:",
            "[::1]",
            "[::1]:8080",
            "127.0.0.1",
            "a.example.",
            "x.y.a.example",
            "localhost");
    private static final List<String> HOST_PATTERNS = List.of(
            "a.example",
            "b.example",
            "*.example",
            "**.example",
            "{sub}.a.example",
            "a.example:*",
            "**.a.example",
            "*",
            "**",
            "a.example:8080",
            "A.Example",
            "[::1]",
            "a.*",
            "?.example");
    private static final List<String> PATH_PATTERNS = List.of(
            "/**",
            "/a",
            "/a/",
            "/a/**",
            "/a/*",
            "/a/{id}",
            "/a/{*rest}",
            "/{x}/b",
            "/a*",
            "/a?",
            "/a.css",
            "/*.css",
            "/**/b",
            "/",
            "/a;x",
            "/a%20b",
            "/a b",
            "/ä",
            "//a",
            "/a//b",
            "/{id:[0-9]+}",
            "/{x}.{y}",
            "/a/../b",
            "/a:b",
            "a",
            "/A",
            "/a%2Fb",
            "/a+b");
    private static final List<String> PIECES = List.of(
            "/", "/", "/", "/", "a", "b", "A", "1", ".css", ".", "..", "%2F", "%2f", "%5C", "%00", "%23", "%3F", "%20",
            "%61", "%2E", "%2e%2e", "%C3%A4", "%ff", ";x", ";x=1", ";", "+", ":", "@", "*", "~", "%7E", "%25", "%252F",
            "$", "=", ",", "!", "(", "'");
    private static final List<String> QUERIES = List.of("", "", "?", "?x", "?x=1", "?x=/a", "?y=1&x", "?a=%2F");

    private static final ScriptedOrigin origin = new ScriptedOrigin();
    private static final GateUnderTest gate =
            new GateUnderTest(origin.url(), "--logging.level.org.springframework.cloud.gateway=ERROR");

    @BeforeAll
    static void started() {
        assertThat(gate.port()).isPositive();
    }

    @AfterAll
    static void stop() throws Exception {
        gate.close();
        origin.close();
    }

    @Test
    void forGeneratedRoutesAndOddTargets() {
        agree(ENOUGH);
    }

    @Test
    @Tag("full")
    void forManyGeneratedRoutesAndOddTargets() {
        agree(MORE_THAN_ENOUGH);
    }

    private static void agree(int enough) {
        Random random = new Random(SEED);
        int cached = 0;
        int left = 0;
        for (int list = 0; cached < enough || left < enough; list++) {
            assertThat(list)
                    .as("seed=%s: route lists for %s cached and %s left requests", SEED, cached, left)
                    .isLessThan(MOST_ROUTE_LISTS);
            List<RouteDefinition> routes = routes(random);
            install(routes);
            for (int i = 0; i < REQUESTS; i++) {
                RequestHead request = request(random);
                Optional<CachedRoute> chosen = gate.bean(RouteTable.class).match(request);
                if (chosen.isEmpty()) {
                    left++;
                    continue;
                }
                cached += chosen.get().id().equals("all") ? 0 : 1;
                String context = "seed=" + SEED + " routes=" + routes + " request=" + request;
                assertThat(springs(request)).as(context).isEqualTo(chosen.get().id());
                assertThat(springs(forwarded(chosen.get(), request)))
                        .as("as forwarded: %s", context)
                        .isEqualTo(chosen.get().id());
            }
        }
    }

    /** The request that a fill sends for this one. */
    private static RequestHead forwarded(CachedRoute route, RequestHead request) {
        CacheKey key = CacheKeys.of(route.keyId(), request, route.policy());
        return new RequestHead(
                request.method(), request.scheme(), request.authority(), key.path(), key.query(), request.fields());
    }

    private static String springs(RequestHead request) {
        MockServerHttpRequest.BodyBuilder built =
                MockServerHttpRequest.method(HttpMethod.valueOf(request.method()), URI.create(request.targetUri()));
        request.fields().forEach((name, value) -> built.header(name, value));
        MockServerWebExchange exchange = MockServerWebExchange.from(built.build());
        Object handler = gate.bean(RoutePredicateHandlerMapping.class)
                .getHandler(exchange)
                .defaultIfEmpty("none")
                .block();
        assertThat(handler).isNotNull();
        Route route = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
        return route == null ? "none" : route.getId();
    }

    private static RequestHead request(Random random) {
        StringBuilder path = new StringBuilder("/");
        for (int pieces = random.nextInt(6); pieces > 0; pieces--) {
            path.append(any(PIECES, random));
        }
        String query = any(QUERIES, random);
        String host = CacheKeys.host("http", any(HOSTS, random));
        Fields.Builder fields = Fields.builder().add("Host", host);
        if (random.nextInt(3) == 0) {
            fields.add("X-A", random.nextBoolean() ? "1" : "2");
        }
        return new RequestHead(
                any(METHODS, random),
                "http",
                host,
                path.toString(),
                query.isEmpty() ? null : query.substring(1),
                fields.build());
    }

    private static List<RouteDefinition> routes(Random random) {
        List<RouteDefinition> routes = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(6); i++) {
            RouteDefinition route = new RouteDefinition();
            route.setId("r" + i);
            route.setUri(URI.create(origin.url()));
            route.setOrder(random.nextInt(5) - 3);
            boolean cached = random.nextInt(3) > 0;
            route.setPredicates(predicates(random, cached));
            if (cached) {
                route.setFilters(List.of(new FilterDefinition("HttpCache")));
            }
            routes.add(route);
        }
        return routes;
    }

    private static List<PredicateDefinition> predicates(Random random, boolean exact) {
        List<PredicateDefinition> predicates = new ArrayList<>();
        if (random.nextInt(3) > 0) {
            predicates.add(new PredicateDefinition("Path=" + some(PATH_PATTERNS, random)));
        }
        if (random.nextBoolean()) {
            predicates.add(new PredicateDefinition("Host=" + some(HOST_PATTERNS, random)));
        }
        if (random.nextInt(3) == 0) {
            predicates.add(new PredicateDefinition("Method=" + some(METHODS, random)));
        }
        if (!exact && random.nextBoolean()) {
            predicates.add(new PredicateDefinition(random.nextBoolean() ? "Query=x" : "Header=X-A,1"));
        }
        if (predicates.isEmpty()) {
            predicates.add(new PredicateDefinition("Path=/**"));
        }
        return predicates;
    }

    private static void install(List<RouteDefinition> routes) {
        InMemoryRouteDefinitionRepository repository = gate.bean(InMemoryRouteDefinitionRepository.class);
        List<String> before = Objects.requireNonNull(repository
                .getRouteDefinitions()
                .map(route -> Objects.requireNonNull(route.getId()))
                .collectList()
                .block());
        before.forEach(id -> repository.delete(Mono.just(id)).block());
        routes.forEach(route -> repository.save(Mono.just(route)).block());
        gate.bean(CachingRouteLocator.class).onApplicationEvent(new RefreshRoutesEvent(gate));
        List<String> expected = routes.stream()
                .filter(route -> !route.getFilters().isEmpty())
                .map(route -> Objects.requireNonNull(route.getId()))
                .toList();
        assertThat(gate.bean(RouteTable.class).cached())
                .as("seed=%s routes=%s", SEED, routes)
                .extracting(CachedRoute::id)
                .containsAll(expected)
                .hasSize(expected.size() + 1);
    }

    private static String some(List<String> values, Random random) {
        String one = any(values, random);
        return random.nextInt(3) > 0 ? one : one + "," + any(values, random);
    }

    private static String any(List<String> values, Random random) {
        return values.get(random.nextInt(values.size()));
    }
}
