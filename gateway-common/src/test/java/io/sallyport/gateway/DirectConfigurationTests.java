package io.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.sallyport.gateway.direct.DirectLimits;
import io.sallyport.gateway.fetch.DirectConfiguration;
import io.sallyport.gateway.fetch.DirectRoutes;
import io.sallyport.gateway.route.DirectRoute;
import io.sallyport.gateway.setting.FillProperties;
import io.sallyport.gateway.upstream.ExactTarget;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.util.unit.DataSize;
import reactor.netty.resources.LoopResources;

class DirectConfigurationTests {
    private static final List<FilterDefinition> NONE = List.of();

    @Test
    void aFetchStaysOnTheLoopThatAsksForIt() throws Exception {
        ReactorResourceFactory resources = new GateAutoConfiguration().reactorResourceFactory();
        resources.start();
        try {
            EventLoopGroup loops = resources.getLoopResources().onClient(LoopResources.DEFAULT_NATIVE);
            for (int i = 0; i < 2 * LoopResources.DEFAULT_IO_WORKER_COUNT; i++) {
                EventLoop asking = loops.next();
                assertThat(asking.submit(loops::next).get()).isSameAs(asking);
            }
        } finally {
            resources.stop();
        }
    }

    @Test
    void theClientsSettingsHold() {
        HttpClientProperties client = new HttpClientProperties();
        client.setResponseTimeout(Duration.ofSeconds(7));
        client.setMaxHeaderSize(DataSize.ofKilobytes(3));
        client.getPool().setMaxIdleTime(Duration.ofSeconds(5));
        FillProperties fill =
                new FillProperties(DataSize.ofMegabytes(2), 1, Duration.ofSeconds(1), 1, Duration.ofSeconds(60), true);
        DirectLimits limits = DirectConfiguration.limits(client, fill);
        assertThat(limits.response()).isEqualTo(Duration.ofSeconds(7));
        assertThat(limits.stall()).isEqualTo(Duration.ofSeconds(60));
        assertThat(limits.idle()).isEqualTo(Duration.ofSeconds(5));
        assertThat(limits.life()).isGreaterThan(Duration.ofDays(365));
        assertThat(limits.headBytes()).isEqualTo(3 << 10);
    }

    private static RouteDefinition route(String uri, String... filters) {
        RouteDefinition definition = new RouteDefinition();
        definition.setUri(URI.create(uri));
        definition.setFilters(Stream.of(filters).map(FilterDefinition::new).toList());
        return definition;
    }

    @Test
    void onlyARouteThatAsksNothingOfSpringIsDirect() {
        assertThat(DirectRoute.of(route("https://gate:9443", "HttpCache"), NONE))
                .hasValueSatisfying(direct -> assertThat(direct.preservesHost()).isFalse());
        assertThat(DirectRoute.of(
                        route("regional://main", "HttpCache"), List.of(new FilterDefinition("PreserveHostHeader"))))
                .hasValueSatisfying(direct -> assertThat(direct.preservesHost()).isTrue());
        assertThat(DirectRoute.of(route("http://origin:8000", "HttpCache"), NONE))
                .isPresent();
        assertThat(DirectRoute.of(route("http://user:password@origin", "HttpCache"), NONE))
                .isEmpty();
        assertThat(DirectRoute.of(route("lb://gate", "HttpCache"), NONE)).isEmpty();
        assertThat(DirectRoute.of(route("https://gate:9443", "HttpCache", "StripPrefix=1"), NONE))
                .isEmpty();
        assertThat(DirectRoute.of(
                        route("https://gate:9443", "HttpCache"), List.of(new FilterDefinition("SecureHeaders"))))
                .isEmpty();
        RouteDefinition withTimeout = route("https://gate:9443", "HttpCache");
        withTimeout.getMetadata().put("response-timeout", 100);
        assertThat(DirectRoute.of(withTimeout, NONE)).isEmpty();
    }

    @Test
    void whatIsNeitherSpringsNorTheGatesIsForeign() {
        assertThat(DirectRoutes.isForeign(new ExactTarget())).isFalse();
        assertThat(DirectRoutes.isForeign(List.of())).isTrue();
    }
}
