package io.sallyport.pki.start;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sallyport.pki.authority.Issuers;
import io.sallyport.pki.authority.Ledger;
import io.sallyport.pki.authority.PkiEvents;
import io.sallyport.pki.authority.RevocationListPublisher;
import io.sallyport.pki.authority.RevocationNews;
import io.sallyport.pki.ca.Issuer;
import io.sallyport.pki.ca.RevocationList;
import io.sallyport.pki.ca.RevocationReason;
import io.sallyport.pki.ca.Role;
import io.sallyport.pki.ledger.CertificateStatus;
import io.sallyport.pki.policy.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** The meters {@code sallyport.pki.*}. */
@Component
class PkiMeters implements PkiEvents {
    private static final Duration COUNTED_ANEW = Duration.ofSeconds(5);

    private final MeterRegistry registry;

    PkiMeters(MeterRegistry registry) {
        this.registry = registry;
        for (Role role : Role.values()) {
            registry.counter("sallyport.pki.issued", "role", role.word());
        }
    }

    @Override
    public void issued(Role role) {
        registry.counter("sallyport.pki.issued", "role", role.word()).increment();
    }

    @Override
    public void refused(Refusal.Cause cause) {
        registry.counter("sallyport.pki.refused", "type", cause.word()).increment();
    }

    @Override
    public void revoked(RevocationReason reason) {
        registry.counter("sallyport.pki.revoked", "reason", reason.word()).increment();
    }

    /** What is measured when somebody looks. */
    @Component
    static class Gauges implements SmartInitializingSingleton {
        private final MeterRegistry registry;
        private final Ledger ledger;
        private final Issuers issuers;
        private final RevocationListPublisher publisher;
        private final RevocationNews news;
        private final InstantSource time;
        private volatile Map<CertificateStatus, Long> counts = Map.of();
        private volatile Instant counted = Instant.EPOCH;

        Gauges(
                MeterRegistry registry,
                Ledger ledger,
                Issuers issuers,
                RevocationListPublisher publisher,
                RevocationNews news,
                InstantSource time) {
            this.registry = registry;
            this.ledger = ledger;
            this.issuers = issuers;
            this.publisher = publisher;
            this.news = news;
            this.time = time;
        }

        @Override
        public void afterSingletonsInstantiated() {
            issuers.all().forEach(this::register);
            issuers.onChange(() -> issuers.all().forEach(this::register));
            Gauge.builder("sallyport.pki.waiters", news, RevocationNews::waiting)
                    .description("nodes that wait for news of the revocation lists")
                    .register(registry);
            Gauge.builder("sallyport.pki.trust.bundle.sequence", issuers, Issuers::bundleSequence)
                    .description("the trust bundle that nodes should have")
                    .register(registry);
            for (CertificateStatus status : CertificateStatus.values()) {
                Gauge.builder("sallyport.pki.certificates", this, gauges -> gauges.count(status))
                        .description("certificates in the inventory")
                        .tag("status", status.word())
                        .register(registry);
            }
        }

        /** The meters of a CA; a second registration changes nothing. */
        private void register(Issuer issuer) {
            Gauge.builder(
                            "sallyport.pki.crl.number",
                            () -> kept(issuer, list -> (double) list.contents().number()))
                    .description("the number of the published revocation list")
                    .tag("issuer", issuer.id())
                    .register(registry);
            Gauge.builder(
                            "sallyport.pki.crl.age",
                            () -> kept(issuer, list -> age(list.contents().thisUpdate())))
                    .description("how long ago the published revocation list was made")
                    .baseUnit("seconds")
                    .tag("issuer", issuer.id())
                    .register(registry);
            Gauge.builder(
                            "sallyport.pki.signer",
                            () -> issuers.find(issuer.id()).isEmpty() ? Double.NaN : issuer.signs() ? 1 : 0)
                    .description("1 where the key of the issuing CA signs")
                    .tag("issuer", issuer.id())
                    .register(registry);
            Gauge.builder("sallyport.pki.issuer.active", () -> issuers.active() == issuer ? 1 : 0)
                    .description("1 for the issuing CA that issues")
                    .tag("issuer", issuer.id())
                    .register(registry);
            Gauge.builder("sallyport.pki.issuer.expiry", () -> -age(issuer.notAfter()))
                    .description("how long until the issuing CA or one above it ends")
                    .baseUnit("seconds")
                    .tag("issuer", issuer.id())
                    .register(registry);
        }

        private double kept(Issuer issuer, ToDoubleFunction<RevocationList> value) {
            return publisher.kept().getOrDefault(issuer, Optional.empty()).stream()
                    .mapToDouble(value)
                    .findFirst()
                    .orElse(Double.NaN);
        }

        private double age(Instant made) {
            return Duration.between(made, time.instant()).toMillis() / 1000d;
        }

        private double count(CertificateStatus status) {
            Instant now = time.instant();
            if (counted.plus(COUNTED_ANEW).isBefore(now)) {
                try {
                    counts = ledger.certificates().count(now);
                    counted = now;
                } catch (DataAccessException e) {
                    return Double.NaN;
                }
            }
            return counts.getOrDefault(status, 0L);
        }
    }
}
