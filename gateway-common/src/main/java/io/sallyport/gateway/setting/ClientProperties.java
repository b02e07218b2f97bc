package io.sallyport.gateway.setting;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What a gate asks of its clients' connections, prefix {@code sallyport.client}.
 *
 * @param headTimeout how long a connection may take from its start (the TLS handshake counts), and from the first byte
 *     of a later HTTP/1.1 request, until the head of the request is there; an HTTP/2 connection has to bring its first
 *     request in time; then it is closed [more than 0]
 * @param minimumRate the least that a client must take of a content that waits for it, in bytes a second; else its
 *     connection (HTTP/2: its stream) is closed; 0 for no minimum [0 or more]
 * @param minimumRateOver the time over which that is measured, twice in a row [more than 0]
 */
@ConfigurationProperties(value = "sallyport.client", ignoreUnknownFields = false)
public record ClientProperties(
        @DefaultValue("10s") Duration headTimeout,
        @DefaultValue("1KB") DataSize minimumRate,
        @DefaultValue("30s") Duration minimumRateOver) {
    public ClientProperties {
        if (!headTimeout.isPositive()) {
            throw new IllegalArgumentException("sallyport.client.head-timeout must be positive: " + headTimeout);
        }
        if (minimumRate.isNegative()) {
            throw new IllegalArgumentException("sallyport.client.minimum-rate must not be negative: " + minimumRate);
        }
        if (!minimumRateOver.isPositive()) {
            throw new IllegalArgumentException(
                    "sallyport.client.minimum-rate-over must be positive: " + minimumRateOver);
        }
    }

    /** The least number of bytes in one period; 0 for no minimum. */
    public long minimumBytes() {
        return minimumRate.toBytes() * minimumRateOver.toMillis() / 1000;
    }
}
