package io.sallyport.pki.start;

import io.sallyport.pki.authority.Issuers;
import io.sallyport.pki.authority.RevocationListPublisher;
import io.sallyport.pki.ca.Issuer;
import io.sallyport.pki.ca.RevocationList;
import java.time.InstantSource;
import java.util.Map;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The probes {@code signer} and {@code crl}; {@code db} is Spring's. */
@Configuration(proxyBeanMethods = false)
class HealthConfiguration {
    @Bean
    HealthIndicator signerHealthIndicator(Issuers issuers, InstantSource time) {
        return () -> {
            Issuer issuer = issuers.active();
            boolean ended = time.instant().isAfter(issuer.notAfter());
            Health.Builder health = issuer.signs() && !ended ? Health.up() : Health.down();
            return health.withDetail("issuer", issuer.id())
                    .withDetail("notAfter", issuer.notAfter().toString())
                    .build();
        };
    }

    @Bean
    HealthIndicator crlHealthIndicator(RevocationListPublisher publisher, InstantSource time) {
        return () -> {
            Health.Builder health = Health.up();
            publisher.kept().forEach((issuer, list) -> {
                if (list.isEmpty()
                        || time.instant().isAfter(list.get().contents().nextUpdate())) {
                    health.down();
                }
                health.withDetail(
                        issuer.id(), list.map(HealthConfiguration::details).orElse(Map.of()));
            });
            return health.build();
        };
    }

    private static Map<String, Object> details(RevocationList list) {
        return Map.of(
                "number",
                list.contents().number(),
                "thisUpdate",
                list.contents().thisUpdate().toString(),
                "nextUpdate",
                list.contents().nextUpdate().toString());
    }
}
