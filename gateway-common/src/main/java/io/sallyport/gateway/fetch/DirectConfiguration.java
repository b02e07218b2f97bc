package io.sallyport.gateway.fetch;

import io.sallyport.gateway.direct.Dialer;
import io.sallyport.gateway.direct.DirectClient;
import io.sallyport.gateway.direct.DirectLimits;
import io.sallyport.gateway.direct.TcpDialer;
import io.sallyport.gateway.route.RouteTable;
import io.sallyport.gateway.setting.FillProperties;
import io.sallyport.gateway.setting.GateProperties;
import io.sallyport.gateway.upstream.Failures;
import io.sallyport.gateway.upstream.RegionalLists;
import io.sallyport.gateway.upstream.UpstreamFields;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.config.HttpClientProperties.Pool.PoolType;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.util.unit.DataSize;
import org.springframework.web.server.WebFilter;
import reactor.netty.http.HttpDecoderSpec;
import reactor.netty.resources.LoopResources;

/** The way of fills past Spring, where the settings ask nothing of the gateway's client that it does not do itself. */
@Configuration(proxyBeanMethods = false)
public class DirectConfiguration {
    private static final Duration NEVER = Duration.ofDays(1000);

    @Bean
    DirectRoutes directRoutes(
            RouteTable routes,
            RegionalLists lists,
            UpstreamFields fields,
            GateProperties properties,
            DirectClient direct,
            HttpClientProperties client,
            FillProperties fill,
            ObjectProvider<WebFilter> webFilters,
            ObjectProvider<GlobalFilter> globalFilters,
            ObjectProvider<HttpHeadersFilter> headersFilters,
            ObjectProvider<HttpClientCustomizer> customizers) {
        return new DirectRoutes(
                routes,
                isWanted(client, fill) ? new DirectFetch(direct, lists, fields, properties.cdnId()) : null,
                () -> Stream.of(webFilters, globalFilters, headersFilters, customizers)
                        .flatMap(ObjectProvider::stream));
    }

    /** What the settings of the gateway's own client say, holds here as well. */
    public static DirectLimits limits(HttpClientProperties client, FillProperties fill) {
        return new DirectLimits(
                Objects.requireNonNullElse(client.getResponseTimeout(), NEVER),
                fill.stallTimeout(),
                Objects.requireNonNullElse(client.getPool().getMaxIdleTime(), NEVER),
                Objects.requireNonNullElse(client.getPool().getMaxLifeTime(), NEVER),
                bytes(client.getMaxHeaderSize(), HttpDecoderSpec.DEFAULT_MAX_HEADER_SIZE),
                bytes(client.getMaxInitialLineLength(), HttpDecoderSpec.DEFAULT_MAX_INITIAL_LINE_LENGTH),
                connections(client.getPool()));
    }

    private static int bytes(@Nullable DataSize set, int usual) {
        return set == null ? usual : (int) set.toBytes();
    }

    /** Each event loop has its share. */
    private static int connections(HttpClientProperties.Pool pool) {
        return pool.getType() == PoolType.FIXED
                ? Math.max(1, pool.getMaxConnections() / LoopResources.DEFAULT_IO_WORKER_COUNT)
                : Integer.MAX_VALUE;
    }

    /** A proxy, a tap on the wire, decompression and connections for one request each are for Spring's client to see to. */
    static boolean isWanted(HttpClientProperties client, FillProperties fill) {
        return fill.direct()
                && client.getProxy().getHost() == null
                && !client.isWiretap()
                && !client.isCompression()
                && client.getPool().getType() != PoolType.DISABLED;
    }

    @Bean(destroyMethod = "close")
    DirectClient directClient(
            ObjectProvider<Dialer> dialers,
            HttpClientProperties client,
            FillProperties fill,
            ReactorResourceFactory resources) {
        return new DirectClient(
                Stream.concat(Stream.of(TcpDialer.plain(client.getConnectTimeout())), dialers.stream())
                        .toList(),
                limits(client, fill),
                resources.getLoopResources().onClient(LoopResources.DEFAULT_NATIVE),
                Failures::of);
    }
}
