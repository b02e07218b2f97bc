package io.sallyport.gateway.tls;

import io.sallyport.identity.tls.TlsEngine;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings {@code sallyport.tls.*}.
 *
 * @param engine who does the TLS; {@code auto} is OpenSSL where it loads
 * @param handshakeTimeout how long a handshake may take [more than 0]
 * @param maxHandshakes how many handshakes of the listener may be under way at the same time; a connection beyond is
 *     closed before its TLS [1 or more]
 * @param maxHandshakesPerAddress how many of them from one address (IPv6: one /64); raise it behind a load balancer
 *     that shows its own address [1 or more]
 */
@ConfigurationProperties(value = "sallyport.tls", ignoreUnknownFields = false)
public record TlsProperties(
        @DefaultValue("auto") TlsEngine engine,
        @DefaultValue("10s") Duration handshakeTimeout,
        @DefaultValue("4096") int maxHandshakes,
        @DefaultValue("256") int maxHandshakesPerAddress) {

    public TlsProperties {
        if (handshakeTimeout.isNegative() || handshakeTimeout.isZero()) {
            throw new IllegalArgumentException("sallyport.tls.handshake-timeout must be positive: " + handshakeTimeout);
        }
        if (maxHandshakes < 1 || maxHandshakesPerAddress < 1) {
            throw new IllegalArgumentException(
                    "sallyport.tls.max-handshakes and .max-handshakes-per-address must be positive: " + maxHandshakes
                            + ", " + maxHandshakesPerAddress);
        }
    }
}
