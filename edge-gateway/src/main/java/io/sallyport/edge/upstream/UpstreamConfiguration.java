package io.sallyport.edge.upstream;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import io.sallyport.gateway.GateApplication;
import io.sallyport.gateway.direct.Dialer;
import io.sallyport.gateway.direct.TcpDialer;
import io.sallyport.gateway.tls.HandshakeReport;
import io.sallyport.gateway.tls.PeerCertificates;
import io.sallyport.gateway.tls.TlsProperties;
import io.sallyport.identity.node.NodeIdentity;
import io.sallyport.identity.node.NodeTls;
import io.sallyport.identity.peer.HandshakeEvents;
import io.sallyport.identity.peer.HandshakeObserver;
import io.sallyport.identity.peer.PeerConnections;
import io.sallyport.identity.peer.PeerRule;
import io.sallyport.identity.peer.PeerRule.PeerName;
import io.sallyport.identity.tls.LiveSslContext;
import io.sallyport.identity.tls.TlsContexts;
import io.sallyport.identity.tls.TlsContexts.Http;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SNIHostName;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.config.HttpClientSslConfigurer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.web.reactive.socket.client.ReactorNettyWebSocketClient;
import org.springframework.web.reactive.socket.client.WebSocketClient;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.WebsocketClientSpec;
import reactor.netty.tcp.SslProvider.SslContextSpec;

/** Has the gateway's client show the node's certificate, and accept regional gates only. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "sallyport.node.role", havingValue = "edge")
@ConditionalOnBooleanProperty(name = GateApplication.DRY_RUN, havingValue = false, matchIfMissing = true)
@EnableConfigurationProperties(UpstreamProperties.class)
class UpstreamConfiguration {

    /** The name that regional gates must prove. */
    @Bean
    PeerName regionalName(UpstreamProperties upstream) {
        @Nullable String name = upstream.serverName();
        return name == null ? new PeerName.OfConnection() : new PeerName.Fixed(name);
    }

    @Bean
    ShownIdentities shownIdentities(
            NodeIdentity identity, PeerRule rule, SslBundles bundles, UpstreamProperties upstream) {
        return new ShownIdentities(identity, rule, bundles, upstream.clientBundles());
    }

    /** How connections to regional gates are secured, and who hears of it. */
    record Security(Consumer<SslContextSpec> tls, HandshakeEvents events) {
        void observe(Channel channel) {
            HandshakeObserver.observe(channel, events);
        }
    }

    @Bean
    Security upstreamSecurity(
            ShownIdentities shown,
            NodeTls node,
            PeerConnections peers,
            PeerCertificates certificates,
            TlsProperties tls,
            UpstreamProperties upstream,
            MeterRegistry registry) {
        return new Security(
                secured(shown.context(node), tls, upstream),
                peers.then(certificates).then(new HandshakeReport(registry, HandshakeReport.Side.CLIENT)));
    }

    @Bean
    HttpClientCustomizer upstreamTls(Security security) {
        return client ->
                client.secure(security.tls()).doOnChannelInit((observer, channel, remote) -> security.observe(channel));
    }

    @Bean
    @ConditionalOnBooleanProperty("server.http2.enabled")
    Dialer gateDialer(Security security, HttpClientProperties properties, ShownIdentities shown) {
        return TcpDialer.secured(security.tls(), security::observe, properties.getConnectTimeout(), shown::isOutdated);
    }

    @Bean
    DrainingHttpClientFactory upstreamHttpClient(
            HttpClientProperties properties,
            ServerProperties server,
            HttpClientSslConfigurer ssl,
            List<HttpClientCustomizer> customizers,
            ShownIdentities shown) {
        return new DrainingHttpClientFactory(properties, server, ssl, customizers, shown::isOutdated);
    }

    /** A WebSocket needs a connection of its own that speaks HTTP/1.1: on one of HTTP/2 the upgrade would fail. */
    @Bean
    @Primary
    WebSocketClient upstreamWebSockets(
            HttpClient client,
            HttpClientProperties properties,
            NodeIdentity identity,
            ShownIdentities shown,
            TlsProperties tls,
            UpstreamProperties upstream,
            InstantSource clock) {
        NodeTls node = new NodeTls(identity, new TlsContexts(tls.engine(), Http.HTTP_1_1), clock);
        return new ReactorNettyWebSocketClient(
                client.protocol(HttpProtocol.HTTP11).secure(secured(shown.context(node), tls, upstream)),
                () -> frames(properties.getWebsocket()));
    }

    private static Consumer<SslContextSpec> secured(
            LiveSslContext live, TlsProperties tls, UpstreamProperties upstream) {
        @Nullable String name = upstream.serverName();
        return spec -> {
            var builder = spec.sslContext(live).handshakeTimeout(tls.handshakeTimeout());
            if (name != null) {
                builder.serverNames(new SNIHostName(name));
            }
        };
    }

    private static WebsocketClientSpec.Builder frames(HttpClientProperties.Websocket settings) {
        WebsocketClientSpec.Builder frames = WebsocketClientSpec.builder().handlePing(settings.isProxyPing());
        Integer maximum = settings.getMaxFramePayloadLength();
        return maximum == null ? frames : frames.maxFramePayloadLength(maximum);
    }
}
