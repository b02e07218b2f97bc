package io.sallyport.identity.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.sallyport.identity.Credentials;
import io.sallyport.identity.IdentityException;
import io.sallyport.identity.peer.PeerTrust;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes TLS contexts of one engine: TLS 1.3 and 1.2, AEAD cipher suites with forward secrecy, nothing else.
 *
 * @param engine who does the TLS
 * @param http the HTTP versions that are offered by ALPN
 */
public record TlsContexts(TlsEngine engine, Http http) {
    /** The protocol versions, best first. */
    public static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    /** The cipher suites, best first. */
    public static final List<String> CIPHER_SUITES = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    /** Which versions of HTTP a context offers. */
    public enum Http {
        HTTP_1_1,
        HTTP_2_AND_1_1;

        ApplicationProtocolConfig alpn() {
            return new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    this == HTTP_1_1
                            ? List.of(ApplicationProtocolNames.HTTP_1_1)
                            : List.of(ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1));
        }
    }

    /** A context for a listener that lets peers in by their certificate. */
    public SslContext server(Credentials own, PeerTrust trust) {
        return build(SslContextBuilder.forServer(own.key(), own.chain())
                .trustManager(trust)
                .clientAuth(ClientAuth.REQUIRE));
    }

    /** A context for a listener with key and trust of any source. */
    public SslContext server(KeyManagerFactory keys, @Nullable TrustManagerFactory trust, ClientAuth clientAuth) {
        return build(SslContextBuilder.forServer(keys).trustManager(trust).clientAuth(clientAuth));
    }

    /** The same with a key manager that chooses by what the client asks for. */
    public SslContext server(KeyManager keys, @Nullable TrustManagerFactory trust, ClientAuth clientAuth) {
        return build(SslContextBuilder.forServer(keys).trustManager(trust).clientAuth(clientAuth));
    }

    /** A context for connections to peers that judge us by our certificate. */
    public SslContext client(Credentials own, PeerTrust trust) {
        return build(
                SslContextBuilder.forClient().keyManager(own.key(), own.chain()).trustManager(trust));
    }

    /** The same with key and chain of another source than the node's identity. */
    public SslContext client(KeyManagerFactory keys, PeerTrust trust) {
        return build(SslContextBuilder.forClient().keyManager(keys).trustManager(trust));
    }

    /** A context for connections to servers that ask for no certificate; without trust, the JDK's own roots count. */
    public SslContext client(@Nullable TrustManagerFactory trust) {
        return build(SslContextBuilder.forClient().trustManager(trust));
    }

    private SslContext build(SslContextBuilder builder) {
        try {
            // Key and chain pass through a key store in memory; PKCS #12, the default, would derive keys for it.
            return builder.keyStoreType("JKS")
                    .sslProvider(engine.provider())
                    .protocols(PROTOCOLS)
                    .ciphers(CIPHER_SUITES, SupportedCipherSuiteFilter.INSTANCE)
                    .applicationProtocolConfig(http.alpn())
                    .build();
        } catch (SSLException e) {
            throw new IdentityException("key and chain must make a TLS context: " + e.getMessage(), e);
        }
    }
}
