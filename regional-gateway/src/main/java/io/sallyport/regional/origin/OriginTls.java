package io.sallyport.regional.origin;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.sallyport.gateway.tls.TlsProperties;
import io.sallyport.identity.node.TrustFile;
import io.sallyport.identity.tls.TlsContexts;
import io.sallyport.identity.tls.TlsContexts.Http;
import java.nio.file.Path;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;
import reactor.netty.tcp.SslProvider.SslContextSpec;

/** How a client finds out that an origin is who it should be, or does without. */
final class OriginTls {
    private final OriginProperties origin;
    private final TlsProperties tls;

    OriginTls(OriginProperties origin, TlsProperties tls) {
        this.origin = origin;
        this.tls = tls;
    }

    /** What verifies chain and name, and offers these versions of HTTP. */
    Consumer<SslContextSpec> verifying(Http http) {
        @Nullable Path ca = origin.ca();
        SslContext context = new TlsContexts(tls.engine(), http).client(ca == null ? null : TrustFile.factory(ca));
        return spec -> spec.sslContext(context).handshakeTimeout(tls.handshakeTimeout());
    }

    /** A client of HTTP/1.1 that believes whoever answers. */
    HttpClient believing(HttpClient client) {
        SslContext context = new TlsContexts(tls.engine(), Http.HTTP_1_1).client(InsecureTrustManagerFactory.INSTANCE);
        return client.secure(spec -> spec.sslContext(context)
                .handshakeTimeout(tls.handshakeTimeout())
                .handlerConfigurator(handler -> expectNoName(handler.engine())));
    }

    private static void expectNoName(SSLEngine engine) {
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("");
        engine.setSSLParameters(parameters);
    }
}
