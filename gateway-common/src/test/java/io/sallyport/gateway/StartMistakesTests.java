package io.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sallyport.gateway.reload.IncompatibleSettings;
import io.sallyport.gateway.route.CacheProperties;
import io.sallyport.gateway.route.CachedRouteRules;
import io.sallyport.gateway.route.HttpCacheArguments;
import io.sallyport.gateway.setting.GateProperties;
import io.sallyport.gateway.setting.InvalidSettingException;
import io.sallyport.gateway.setting.RegionalProperties;
import io.sallyport.gateway.setting.RootMessage;
import io.sallyport.gateway.upstream.RegionalLists;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

@DisplayName("A mistake in the configuration stops the start with one message")
@ExtendWith(OutputCaptureExtension.class)
class StartMistakesTests {
    private static final String GATEWAY = "spring.cloud.gateway.server.webflux.";
    private static final String ROUTE = GATEWAY + "routes[0].";
    private static final String HTTP_CACHE = ROUTE + "filters[0].name=HttpCache";

    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class Application {}

    /** What is written, and what the message has to name. */
    record Mistake(List<String> settings, List<String> expected) {
        @Override
        public String toString() {
            return settings.getLast();
        }
    }

    private static Mistake mistake(String setting, String... expected) {
        return new Mistake(List.of(HTTP_CACHE, setting), List.of(expected));
    }

    private static Mistake argument(String name, String value, String... expected) {
        List<String> words = new ArrayList<>(List.of("route shop", "argument " + name, "'" + value + "'"));
        words.addAll(List.of(expected));
        return mistake(ROUTE + "filters[0].args." + name + "=" + value, words.toArray(String[]::new));
    }

    private static Mistake filter(String filter, String... expected) {
        String name = filter.replaceAll("=.*", "");
        List<String> words =
                new ArrayList<>(List.of("route shop", "filters has " + name, "allowed are AddRequestHeader"));
        words.addAll(List.of(expected));
        return mistake(ROUTE + "filters[1]=" + filter, words.toArray(String[]::new));
    }

    private static Mistake predicate(String predicate) {
        String name = predicate.replaceAll("=.*", "");
        return mistake(
                ROUTE + "predicates[1]=" + predicate, "route shop", "predicates has " + name, "Host, Path and Method");
    }

    /** What the rules find without Spring. */
    static Stream<Mistake> inTheRules() {
        return Stream.of(
                argument("mode", "fast", "secure or rfc"),
                argument("mode", "", "secure or rfc"),
                argument("heuristic-cap", "-5s", "a duration of 0 or more"),
                argument("stale-cap", "-1d", "a duration of 0 or more"),
                argument("stale-if-error", "soon", "a duration of 0 or more"),
                argument("error-cap", "10 parsecs", "a duration of 0 or more"),
                argument("query", "sorted:a", "as-is, sorted, only:NAME"),
                argument("query", "only", "as-is, sorted, only:NAME"),
                argument("query", "only:", "as-is, sorted, only:NAME"),
                argument("query", "except:a,,b", "as-is, sorted, only:NAME"),
                argument("query", "only:a&b", "as-is, sorted, only:NAME"),
                argument("query", "random", "as-is, sorted, only:NAME"),
                argument("targeted-fields", "Edge-Cache-Control,,CDN-Cache-Control", "a list of field names"),
                argument("targeted-fields", "", "a list of field names"),
                argument("targeted-fields", "CDN Cache Control", "a list of field names"),
                argument("targeted-fields", "Cache-Control", "other than Cache-Control"),
                argument("trust-client-directives", "maybe", "true or false"),
                argument("store-set-cookie", "2", "true or false"),
                argument("max-object", "1TB", "from 0 to sallyport.cache.memory", "16777216B"),
                argument("range-fill", "-1KB", "a size from 0 to sallyport.cache.memory"),
                argument("range-fill", "all", "a size from 0 to sallyport.cache.memory"),
                argument("max-object", "-1MB", "from 0 to sallyport.cache.memory"),
                argument("max-object", "huge", "a size from 0"),
                argument("stale-on-error", "60s", "there is no such argument", "stale-if-error"),
                argument("ttl", "60s", "there is no such argument", "heuristic-cap", "query"),
                new Mistake(
                        List.of(ROUTE + "filters[0]=HttpCache=rfc"),
                        List.of("route shop", "'rfc'", "its arguments have names", "mode")),
                new Mistake(
                        List.of(HTTP_CACHE, GATEWAY + "default-filters[0]=HttpCache"),
                        List.of("route shop", "filter HttpCache has 2 times")),
                filter("RequestRateLimiter", "count fetches and not requests"),
                filter("TokenRelay", "for the one customer"),
                filter("SaveSession", "for the one customer"),
                filter("RequestHeaderToRequestUri=X-Url", "function of the key"),
                filter("SetRequestUri=http://elsewhere", "function of the key"),
                filter("AddRequestParameter=a, b", "function of the key"),
                filter("RemoveRequestParameter=a", "function of the key", "use the argument query"),
                filter("MapRequestHeader=X-From, X-To", "not in the key"),
                filter("ModifyRequestBody", "no content"),
                filter("CacheRequestBody=java.lang.String", "no content"),
                filter("LocalResponseCache=10m, 10MB", "HttpCache stands in its place"),
                filter("RedirectTo=302, http://elsewhere", "without a fetch"),
                filter("NoSuchFilter", "once for each fetch"),
                mistake(GATEWAY + "default-filters[0]=SaveSession", "route shop", "default-filters has SaveSession"),
                predicate("Header=X-Beta"),
                predicate("Cookie=session, .+"),
                predicate("Query=preview"),
                predicate("RemoteAddr=10.0.0.0/8"),
                predicate("Weight=group, 8"),
                predicate("After=2026-01-01T00:00:00Z"),
                predicate("NoSuchPredicate=x"),
                mistake("server.compression.enabled=true", "server.compression.enabled is true", "to be false"),
                mistake(GATEWAY + "httpclient.compression=true", "httpclient.compression is true", "to be false"),
                mistake(
                        GATEWAY + "predicate.host.include-port=false",
                        "predicate.host.include-port is false",
                        "to be true"),
                mistake(
                        GATEWAY + "global-filter.local-response-cache.enabled=true",
                        "local-response-cache.enabled is true",
                        "to be false"),
                mistake("server.forward-headers-strategy=native", "strategy is native", "to be none"),
                mistake("server.forward-headers-strategy=framework", "strategy is framework", "to be none"),
                mistake("spring.main.cloud-platform=kubernetes", "forward-headers-strategy is not set", "KUBERNETES"),
                mistake("spring.webflux.base-path=/shop", "spring.webflux.base-path is /shop", "to be not set"),
                new Mistake(
                        List.of(HTTP_CACHE, "server.port=18443", "management.server.port=18443"),
                        List.of("management.server.port is 18443", "a port of its own")),
                mistake("sallyport.cache.memory=1KB", "sallyport.cache.memory must be at least 1MB"),
                mistake("sallyport.cache.max-object=1GB", "sallyport.cache.max-object must be between 0 and"),
                mistake("sallyport.cache.targeted-fields=A B", "sallyport.cache.targeted-fields must be names", "A B"),
                mistake(ROUTE + "uri=regional://all", "route shop", "regional://all", "there are []"),
                mistake("sallyport.upstream.regionals.all[0]=r0:9443", "regionals.all must hold https://host:port"),
                mistake(
                        "sallyport.upstream.regionals.all[0]=https://r0/p",
                        "regionals.all must hold https://host:port"),
                mistake("sallyport.upstream.regionals.A[0]=https://r0", "regionals.A must be named with a-z"),
                mistake("sallyport.upstream.back-off=0s", "sallyport.upstream.back-off must be positive"),
                mistake("sallyport.cdn=a b", "sallyport.cdn must be a name", "a b"));
    }

    /** What shows only when Spring starts, and one of each kind of the others. */
    static Stream<Mistake> inContext() {
        return Stream.of(
                mistake(
                        ROUTE + "predicates[1]=Path={a",
                        "spring.cloud.gateway.server.webflux.routes",
                        "cannot be read"),
                new Mistake(
                        List.of(ROUTE + "filters[0]=NoSuchFilter"),
                        List.of("spring.cloud.gateway.server.webflux.routes", "NoSuchFilter")),
                mistake("sallyport.cache.memory=900GB", "sallyport.cache.memory", "direct memory has only", "Lower"),
                mistake("sallyport.cache.mode=fast", "sallyport.cache.mode", "fast", "SECURE"),
                argument("heuristic-cap", "-5s", "a duration of 0 or more"),
                filter("TokenRelay", "for the one customer"),
                mistake("sallyport.cache.max-object=1GB", "sallyport.cache.max-object must be between 0 and"),
                mistake("server.forward-headers-strategy=native", "strategy is native", "to be none"),
                new Mistake(
                        List.of(HTTP_CACHE, "management.server.address=0.0.0.0", "management.server.port=0"),
                        List.of(
                                "management.server.address is 0.0.0.0",
                                "sallyport.management.token-file",
                                "127.0.0.1")));
    }

    static Stream<Mistake> all() {
        return Stream.concat(inTheRules(), inContext());
    }

    @ParameterizedTest
    @MethodSource("inTheRules")
    void isFoundByTheRules(Mistake mistake) {
        Map<String, Object> settings = settings(mistake);
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", settings));
        Throwable failure = catchThrowable(() -> judge(environment));
        assertThat(failure).isNotNull();
        String action = failure instanceof InvalidSettingException setting ? setting.action() : "";
        assertThat(RootMessage.of(failure) + " " + action).contains(mistake.expected());
    }

    /** All that is checked without a context. */
    private static void judge(ConfigurableEnvironment environment) {
        Binder binder = Binder.get(environment);
        IncompatibleSettings.check(environment);
        binder.bind("sallyport", GateProperties.class);
        CacheProperties cache =
                binder.bind("sallyport.cache", CacheProperties.class).get();
        GatewayProperties gateway =
                binder.bind(GatewayProperties.PREFIX, GatewayProperties.class).get();
        RegionalLists.check(
                gateway.getRoutes(),
                binder.bindOrCreate("sallyport.upstream", RegionalProperties.class)
                        .regionals()
                        .keySet());
        new CachedRouteRules(gateway, new HttpCacheArguments(cache)).check(gateway.getRoutes());
    }

    @ParameterizedTest
    @MethodSource("inContext")
    void stopsTheStart(Mistake mistake, CapturedOutput output) {
        assertNoStart(mistake, output);
    }

    @Tag("full")
    @ParameterizedTest
    @MethodSource("all")
    void everyOneStopsTheStart(Mistake mistake, CapturedOutput output) {
        assertNoStart(mistake, output);
    }

    private static Map<String, Object> settings(Mistake mistake) {
        Map<String, Object> settings = new LinkedHashMap<>(Map.of(
                "server.port",
                "0",
                "server.address",
                "127.0.0.1",
                "sallyport.tier",
                "edge",
                "sallyport.access-log",
                "off",
                "sallyport.cache.memory",
                "16MB",
                "sallyport.cache.max-object",
                "4MB",
                ROUTE + "id",
                "shop",
                ROUTE + "uri",
                "http://127.0.0.1:9",
                ROUTE + "predicates[0]",
                "Path=/**"));
        mistake.settings().forEach(setting -> {
            int equals = setting.indexOf('=');
            settings.put(setting.substring(0, equals), setting.substring(equals + 1));
        });
        return settings;
    }

    private static void assertNoStart(Mistake mistake, CapturedOutput output) {
        List<String> arguments =
                new ArrayList<>(List.of("--spring.main.banner-mode=off", "--logging.level.root=ERROR"));
        settings(mistake).forEach((name, value) -> arguments.add("--" + name + "=" + value));
        Throwable failure = catchThrowable(() -> new SpringApplicationBuilder(Application.class)
                .run(arguments.toArray(String[]::new))
                .close());
        assertThat(failure)
                .as("main ends with it, so that the process exits with 1")
                .isNotNull();
        assertThat(output.getAll())
                .contains("APPLICATION FAILED TO START")
                .contains(mistake.expected())
                .doesNotContain("\tat ")
                .doesNotContain("Netty started");
    }
}
