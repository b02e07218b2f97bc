package io.sallyport.edge.upstream;

import io.netty.channel.Channel;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.cloud.gateway.config.HttpClientFactory;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.config.HttpClientSslConfigurer;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.ConnectionProvider.ConnectionMetadata;

/**
 * Makes the gateway's client with a pool that gives no request a connection of a former identity: such a connection ends
 * what it carries and is closed.
 */
final class DrainingHttpClientFactory extends HttpClientFactory {
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Predicate<Channel> outdated;

    DrainingHttpClientFactory(
            HttpClientProperties properties,
            ServerProperties server,
            HttpClientSslConfigurer ssl,
            List<HttpClientCustomizer> customizers,
            Predicate<Channel> outdated) {
        super(properties, server, ssl, customizers);
        this.outdated = outdated;
    }

    @Override
    protected ConnectionProvider buildConnectionProvider(HttpClientProperties properties) {
        ConnectionProvider provider = super.buildConnectionProvider(properties);
        ConnectionProvider.@Nullable Builder pool = provider.mutate();
        if (pool == null) {
            return provider;
        }
        @Nullable Duration idle = properties.getPool().getMaxIdleTime();
        @Nullable Duration life = properties.getPool().getMaxLifeTime();
        Duration interval = properties.getPool().getEvictionInterval();
        return pool.evictionPredicate(
                        (connection, metadata) -> outdated.test(connection.channel()) || isOver(metadata, idle, life))
                .evictInBackground(interval.isZero() ? LOOK : interval)
                .build();
    }

    /* A predicate takes the place of these two settings, so that it has to know them. */
    private static boolean isOver(ConnectionMetadata connection, @Nullable Duration idle, @Nullable Duration life) {
        return (idle != null && connection.idleTime() >= idle.toMillis())
                || (life != null && connection.lifeTime() >= life.toMillis());
    }
}
