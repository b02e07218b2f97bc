package io.sallyport.gateway;

import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.MeterRegistry;
import io.sallyport.cache.engine.HttpCache;
import io.sallyport.cache.store.MemoryStore;
import io.sallyport.cache.store.ResponseStore;
import io.sallyport.cache.store.StoreLimits;
import io.sallyport.gateway.answer.ResponseWriter;
import io.sallyport.gateway.client.ConnectionConfiguration;
import io.sallyport.gateway.client.Drain;
import io.sallyport.gateway.client.MinimumRate;
import io.sallyport.gateway.fetch.DirectConfiguration;
import io.sallyport.gateway.fetch.DirectRoutes;
import io.sallyport.gateway.fetch.Fetch;
import io.sallyport.gateway.hit.Admission;
import io.sallyport.gateway.hit.Decisions;
import io.sallyport.gateway.management.EndpointConfiguration;
import io.sallyport.gateway.management.StoreCacheManager;
import io.sallyport.gateway.observe.AccessLog;
import io.sallyport.gateway.observe.CacheMeters;
import io.sallyport.gateway.observe.EventLoopDelay;
import io.sallyport.gateway.observe.EvictionMeters;
import io.sallyport.gateway.observe.Observers;
import io.sallyport.gateway.observe.RequestIds;
import io.sallyport.gateway.observe.UpstreamMeters;
import io.sallyport.gateway.pass.ErrorAnswers;
import io.sallyport.gateway.pass.InvalidationFilter;
import io.sallyport.gateway.pass.PassFilter;
import io.sallyport.gateway.pass.WebSocketRouting;
import io.sallyport.gateway.reload.DryRunConfiguration;
import io.sallyport.gateway.reload.IncompatibleSettings;
import io.sallyport.gateway.reload.ReloadConfiguration;
import io.sallyport.gateway.route.CacheProperties;
import io.sallyport.gateway.route.CachedRouteRules;
import io.sallyport.gateway.route.HttpCacheArguments;
import io.sallyport.gateway.route.HttpCacheGatewayFilterFactory;
import io.sallyport.gateway.route.RouteTable;
import io.sallyport.gateway.setting.ClientProperties;
import io.sallyport.gateway.setting.DrainProperties;
import io.sallyport.gateway.setting.FillProperties;
import io.sallyport.gateway.setting.GateProperties;
import io.sallyport.gateway.setting.InvalidSettingException;
import io.sallyport.gateway.setting.ManagementProperties;
import io.sallyport.gateway.setting.RegionalProperties;
import io.sallyport.gateway.setting.ReloadProperties;
import io.sallyport.gateway.upstream.ExactTarget;
import io.sallyport.gateway.upstream.HeaderFilters;
import io.sallyport.gateway.upstream.OnceRouting;
import io.sallyport.gateway.upstream.ReceivedFields;
import io.sallyport.gateway.upstream.RegionalLists;
import io.sallyport.gateway.upstream.RegionalRouting;
import io.sallyport.gateway.upstream.UpstreamFields;
import io.sallyport.gateway.upstream.UpstreamMessages;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.cache.CacheManager;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.cloud.gateway.route.RouteDefinitionLocator;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.web.reactive.socket.client.WebSocketClient;
import org.springframework.web.reactive.socket.server.WebSocketService;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.LoopResources;

/** What makes a Spring Cloud Gateway application a gate: applied where {@code sallyport.tier} is set. */
@AutoConfiguration(
        beforeName = {
            "org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration",
            "org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration",
            "org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration",
            "org.springframework.boot.webflux.autoconfigure.error.ErrorWebFluxAutoConfiguration"
        })
@ConditionalOnProperty("sallyport.tier")
@Import({
    ConnectionConfiguration.class,
    DirectConfiguration.class,
    DryRunConfiguration.class,
    EndpointConfiguration.class,
    ReloadConfiguration.class
})
@EnableConfigurationProperties({
    GateProperties.class,
    CacheProperties.class,
    FillProperties.class,
    ClientProperties.class,
    ManagementProperties.class,
    RegionalProperties.class,
    DrainProperties.class,
    ReloadProperties.class
})
class GateAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean
    InstantSource clock() {
        return InstantSource.system();
    }

    /** Cleared at the end, so that its memory outside the heap goes with the gate. */
    @Bean(destroyMethod = "clear")
    @ConditionalOnMissingBean
    ResponseStore responseStore(
            CacheProperties cache, InstantSource clock, MeterRegistry registry, GateProperties properties) {
        StoreLimits limits =
                new StoreLimits(cache.memory().toBytes(), cache.maxObject().toBytes());
        try {
            return new MemoryStore(
                    limits, Ticker.systemTicker(), clock, new EvictionMeters(registry, properties.tier()));
        } catch (IllegalArgumentException tooLarge) {
            throw InvalidSettingException.exceeding(
                    String.valueOf(tooLarge.getMessage()),
                    "Lower sallyport.cache.memory, or give the JVM more with -XX:MaxDirectMemorySize.");
        }
    }

    @Bean
    HttpCache httpCache(ResponseStore store, InstantSource clock, FillProperties fill) {
        return new HttpCache(store, clock, fill.limits(), fill.refreshLimits(), new Random());
    }

    @Bean
    CacheManager cacheManager(ResponseStore store) {
        return new StoreCacheManager(store);
    }

    @Bean
    CacheMeters cacheMeters(MeterRegistry registry, GateProperties properties, HttpCache cache) {
        return new CacheMeters(registry, properties.tier(), cache);
    }

    @Bean
    UpstreamMeters upstreamMeters(MeterRegistry registry, GateProperties properties) {
        return new UpstreamMeters(registry, properties.tier());
    }

    @Bean
    EventLoopDelay eventLoopDelay(ReactorResourceFactory resources, MeterRegistry registry, GateProperties properties) {
        return new EventLoopDelay(
                resources.getLoopResources().onServer(LoopResources.DEFAULT_NATIVE), registry, properties.tier());
    }

    @Bean
    RequestIds requestIds(AccessLog accessLog, GateProperties properties) {
        return new RequestIds(accessLog, properties.tier() == GateProperties.Tier.REGIONAL);
    }

    @Bean
    @ConditionalOnMissingBean
    AccessLog accessLog(GateProperties properties, InstantSource clock, MeterRegistry registry) {
        PrintStream out = new PrintStream(
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16),
                false,
                StandardCharsets.UTF_8);
        return new AccessLog(properties.accessLog(), properties.tier().label(), clock, out, registry);
    }

    @Bean
    HttpCacheGatewayFilterFactory httpCacheGatewayFilterFactory(CacheProperties cache) {
        return new HttpCacheGatewayFilterFactory(cache);
    }

    @Bean
    RouteTable routeTable(
            RouteLocator locator,
            RouteDefinitionLocator definitions,
            GatewayProperties gateway,
            CacheMeters meters,
            UpstreamMeters upstreamMeters,
            CacheProperties cache,
            RegionalLists regionals,
            Environment environment) {
        IncompatibleSettings.check(environment);
        return new RouteTable(
                locator,
                definitions,
                gateway,
                new CachedRouteRules(gateway, new HttpCacheArguments(cache)),
                regionals,
                routes -> routes.forEach(route -> {
                    meters.route(route.id());
                    upstreamMeters.route(route.id());
                }));
    }

    @Bean
    Gate gate(
            GateProperties properties,
            FillProperties fill,
            MinimumRate minimumRate,
            ObjectProvider<Admission.Rule> rules,
            RouteTable routes,
            HttpCache cache,
            ObjectProvider<HttpHandler> handler,
            InstantSource clock,
            CacheMeters meters,
            UpstreamMeters upstreamMeters,
            AccessLog accessLog,
            Drain drain,
            RequestIds ids,
            DirectRoutes direct) {
        return new Gate(
                properties,
                new Decisions(properties, new Admission(rules.orderedStream().toList()), routes, cache, drain, ids),
                cache,
                new Fetch(handler::getObject, fill.stallTimeout(), upstreamMeters, ids, direct),
                new ResponseWriter(cache.store(), clock, properties, minimumRate),
                new Observers(meters, accessLog),
                drain,
                ids);
    }

    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> gateBeforeSpring(Gate gate) {
        return factory -> factory.addRouteProviders(routes -> new GateRoutes(routes, gate));
    }

    @Bean
    OnceRouting onceRouting(
            HttpClient client,
            ObjectProvider<List<HttpHeadersFilter>> headersFilters,
            HttpClientProperties properties) {
        return new OnceRouting(client, headersFilters, properties);
    }

    @Bean
    RegionalLists regionalLists(MeterRegistry registry, GateProperties properties, RegionalProperties regionals) {
        return new RegionalLists(registry, properties.tier(), regionals);
    }

    @Bean
    GlobalFilter regionalRouting(RegionalLists lists) {
        return new RegionalRouting(lists);
    }

    @Bean
    WebSocketRouting webSocketRouting(
            WebSocketClient client, WebSocketService service, ObjectProvider<List<HttpHeadersFilter>> headersFilters) {
        return new WebSocketRouting(client, service, headersFilters);
    }

    @Bean
    UpstreamFields upstreamFields(GateProperties properties) {
        return new UpstreamFields(properties);
    }

    @Bean
    HttpHeadersFilter receivedFields() {
        return new ReceivedFields();
    }

    @Bean
    static HeaderFilters headerFilters() {
        return new HeaderFilters();
    }

    @Bean
    PassFilter passFilter(
            GateProperties properties, RouteTable routes, HttpCache cache, Drain drain, UpstreamMeters meters) {
        return new PassFilter(properties, routes, cache, drain, meters);
    }

    @Bean
    GlobalFilter invalidationFilter(RouteTable routes, HttpCache cache) {
        return new InvalidationFilter(routes, cache);
    }

    @Bean
    GlobalFilter exactTarget() {
        return new ExactTarget();
    }

    @Bean
    ErrorAnswers errorAnswers() {
        return new ErrorAnswers();
    }

    /** Loops of the gate's own, so that another application in the same JVM may end without taking them along. */
    @Bean
    @ConditionalOnMissingBean
    ReactorResourceFactory reactorResourceFactory() {
        ReactorResourceFactory resources = new ReactorResourceFactory();
        resources.setUseGlobalResources(false);
        return resources;
    }

    /** A fetch stays on the event loop of the customer who began it. */
    @Bean
    HttpClientCustomizer sameEventLoops(ReactorResourceFactory resources) {
        return client -> client.runOn(resources.getLoopResources());
    }

    @Bean
    HttpClientCustomizer upstreamMessages(HttpClientProperties properties, GateProperties gate) {
        return new UpstreamMessages(properties, gate.cdnId());
    }
}
