package io.sallyport.gateway.reload;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Since when the configuration in force is, and why a later one was refused. Always up: a gate with its former configuration
 * serves.
 */
final class ConfigHealth implements HealthIndicator {
    private final Reload reload;

    ConfigHealth(Reload reload) {
        this.reload = reload;
    }

    @Override
    public Health health() {
        Health.Builder health =
                Health.up().withDetail("readAt", reload.lastSuccess().toString());
        reload.refusal().ifPresent(reason -> health.withDetail("refused", reason));
        if (!reload.waiting().isEmpty()) {
            health.withDetail("restartNeededFor", reload.waiting());
        }
        return health.build();
    }
}
