package io.sallyport.gateway.client;

import io.sallyport.gateway.setting.ClientProperties;
import io.sallyport.gateway.setting.DrainProperties;
import io.sallyport.gateway.setting.GateProperties;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How the connections of clients are watched, and how they end. */
@Configuration(proxyBeanMethods = false)
public class ConnectionConfiguration {
    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> headDeadline(ClientProperties client) {
        return factory -> factory.addServerCustomizers(server -> HeadDeadline.guard(server, client.headTimeout()));
    }

    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> halfClosedConnections() {
        return factory -> factory.addServerCustomizers(HalfClosed::guard);
    }

    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> connectionsOfEdges(GateProperties properties) {
        boolean regional = properties.tier() == GateProperties.Tier.REGIONAL;
        return factory -> factory.addServerCustomizers(regional ? SharedConnections::expect : server -> server);
    }

    @Bean
    MinimumRate minimumRate(ClientProperties client) {
        return new MinimumRate(client);
    }

    @Bean
    Drain drain(DrainProperties properties) {
        return new Drain(properties);
    }

    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> drainOfConnections(Drain drain) {
        return factory -> factory.addServerCustomizers(drain::guard);
    }
}
