package io.sallyport.gateway.setting;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How a gate ends, prefix {@code sallyport.drain}.
 *
 * @param delay how long it goes on as before once its readiness is gone, for load balancers to see that [0 or
 *     more]
 * @param timeout how long requests that are under way may take after that [0 or more]
 */
@ConfigurationProperties(value = "sallyport.drain", ignoreUnknownFields = false)
public record DrainProperties(
        @DefaultValue("1s") Duration delay,
        @DefaultValue("15s") Duration timeout) {
    public DrainProperties {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("sallyport.drain.delay must not be negative: " + delay);
        }
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("sallyport.drain.timeout must not be negative: " + timeout);
        }
    }
}
