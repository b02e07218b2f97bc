package io.sallyport.edge.customer;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the edge's customer side, prefix {@code sallyport.edge}.
 *
 * @param httpPort port of the plain listener that only redirects; 0 takes a free one, -1 opens none [-1 to 65535]
 * @param httpsPort the port that the redirect names; the listener's own port where it is not given [1 to 65535]
 */
@ConfigurationProperties(value = "sallyport.edge", ignoreUnknownFields = false)
public record EdgeProperties(
        @DefaultValue("8080") int httpPort, @Nullable Integer httpsPort) {
    public EdgeProperties {
        if (httpPort < -1 || httpPort > 65_535) {
            throw new IllegalArgumentException("sallyport.edge.http-port must be -1 to 65535: " + httpPort);
        }
        if (httpsPort != null && (httpsPort < 1 || httpsPort > 65_535)) {
            throw new IllegalArgumentException("sallyport.edge.https-port must be 1 to 65535: " + httpsPort);
        }
    }
}
