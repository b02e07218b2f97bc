package io.sallyport.gateway;

import io.sallyport.gateway.direct.Dialer;
import io.sallyport.gateway.direct.DirectClient;
import io.sallyport.gateway.direct.DirectLimits;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.util.unit.DataSize;
import org.springframework.web.server.WebFilter;
import reactor.netty.resources.LoopResources;

/** The way of fills past Spring, where there is who opens connections for it. */
@Configuration(proxyBeanMethods = false)
class DirectConfiguration {
    private static final Duration NEVER = Duration.ofDays(1000);
    private static final DataSize USUAL_HEAD = DataSize.ofKilobytes(8);

    @Bean
    DirectRoutes directRoutes(
            RouteTable routes,
            RegionalLists lists,
            UpstreamFields fields,
            GateProperties properties,
            ObjectProvider<DirectClient> client,
            ObjectProvider<WebFilter> webFilters,
            ObjectProvider<GlobalFilter> globalFilters,
            ObjectProvider<HttpHeadersFilter> headersFilters,
            ObjectProvider<HttpClientCustomizer> customizers) {
        DirectClient direct = client.getIfAvailable();
        return new DirectRoutes(
                routes,
                direct == null ? null : new DirectFetch(direct, lists, fields, properties.cdnId()),
                () -> Stream.of(webFilters, globalFilters, headersFilters, customizers)
                        .flatMap(ObjectProvider::stream));
    }

    /** What the settings of the gateway's own client say, holds here as well. */
    static DirectLimits limits(HttpClientProperties client, FillProperties fill) {
        return new DirectLimits(
                Objects.requireNonNullElse(client.getResponseTimeout(), NEVER),
                fill.stallTimeout(),
                Objects.requireNonNullElse(client.getPool().getMaxIdleTime(), NEVER),
                Objects.requireNonNullElse(client.getPool().getMaxLifeTime(), NEVER),
                Objects.requireNonNullElse(client.getMaxHeaderSize(), USUAL_HEAD)
                        .toBytes());
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBean(Dialer.class)
    static class Client {
        @Bean(destroyMethod = "close")
        DirectClient directClient(
                Dialer dialer, HttpClientProperties client, FillProperties fill, ReactorResourceFactory resources) {
            return new DirectClient(
                    dialer,
                    limits(client, fill),
                    resources.getLoopResources().onClient(LoopResources.DEFAULT_NATIVE),
                    Failures::of);
        }
    }
}
