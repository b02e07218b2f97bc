package io.sallyport.regional.origin;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import io.sallyport.gateway.direct.Dialer;
import io.sallyport.gateway.direct.TcpDialer;
import io.sallyport.gateway.tls.HandshakeReport;
import io.sallyport.gateway.tls.TlsProperties;
import io.sallyport.identity.peer.HandshakeObserver;
import io.sallyport.identity.tls.TlsContexts.Http;
import java.util.List;
import java.util.function.Consumer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.filter.NettyRoutingFilter;
import org.springframework.cloud.gateway.filter.WebsocketRoutingFilter;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.cloud.gateway.route.RouteDefinitionLocator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.web.reactive.socket.client.ReactorNettyWebSocketClient;
import org.springframework.web.reactive.socket.client.WebSocketClient;
import org.springframework.web.reactive.socket.server.WebSocketService;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.WebsocketClientSpec;
import reactor.netty.tcp.SslProvider.SslContextSpec;

/** Has the gateway's clients verify {@code https://} origins, chain and name, with the JDK's CAs or an own one. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "sallyport.node.role", havingValue = "regional")
@EnableConfigurationProperties(OriginProperties.class)
class OriginConfiguration {
    @Bean
    OriginTls originTls(OriginProperties origin, TlsProperties tls) {
        return new OriginTls(origin, tls);
    }

    /** How connections to origins are secured, and who hears of it. */
    record Security(Consumer<SslContextSpec> tls, HandshakeReport report) {
        void observe(Channel channel) {
            HandshakeObserver.observe(channel, report);
        }
    }

    @Bean
    Security originSecurity(
            OriginTls tls, @Value("${server.http2.enabled:false}") boolean http2, MeterRegistry registry) {
        return new Security(
                tls.verifying(http2 ? Http.HTTP_2_AND_1_1 : Http.HTTP_1_1),
                new HandshakeReport(registry, HandshakeReport.Side.CLIENT));
    }

    @Bean
    HttpClientCustomizer verification(Security security) {
        return client ->
                client.secure(security.tls()).doOnChannelInit((observer, channel, remote) -> security.observe(channel));
    }

    @Bean
    Dialer originDialer(Security security, HttpClientProperties properties) {
        return TcpDialer.secured(
                security.tls(), security::observe, properties.getConnectTimeout(), connection -> false);
    }

    /** A WebSocket needs a connection of its own that speaks HTTP/1.1: on one of HTTP/2 the upgrade would fail. */
    @Bean
    @Primary
    WebSocketClient originWebSockets(HttpClient client, OriginTls tls, HttpClientProperties properties) {
        return webSockets(client.protocol(HttpProtocol.HTTP11).secure(tls.verifying(Http.HTTP_1_1)), properties);
    }

    @Bean
    UnverifiedOrigins unverifiedOrigins(
            HttpClient client,
            OriginTls tls,
            ObjectProvider<List<HttpHeadersFilter>> fields,
            HttpClientProperties properties,
            WebSocketService service,
            RouteDefinitionLocator routes) {
        HttpClient believing = tls.believing(client.protocol(HttpProtocol.HTTP11));
        return new UnverifiedOrigins(
                new NettyRoutingFilter(believing, fields, properties),
                new WebsocketRoutingFilter(webSockets(believing, properties), service, fields),
                routes);
    }

    private static WebSocketClient webSockets(HttpClient client, HttpClientProperties properties) {
        return new ReactorNettyWebSocketClient(client, () -> frames(properties.getWebsocket()));
    }

    private static WebsocketClientSpec.Builder frames(HttpClientProperties.Websocket settings) {
        WebsocketClientSpec.Builder frames = WebsocketClientSpec.builder().handlePing(settings.isProxyPing());
        Integer maximum = settings.getMaxFramePayloadLength();
        return maximum == null ? frames : frames.maxFramePayloadLength(maximum);
    }
}
