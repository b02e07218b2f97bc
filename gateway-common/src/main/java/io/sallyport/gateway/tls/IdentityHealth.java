package io.sallyport.gateway.tls;

import io.sallyport.gateway.tls.CertificateInventory.Item;
import io.sallyport.identity.node.NodeIdentity;
import io.sallyport.identity.revocation.RevocationSnapshot;
import io.sallyport.identity.revocation.RevocationSnapshot.Need;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Whether the node's identity lets the gate serve: out of service only once its certificate has ended, or no peer can be
 * accepted any more because the revocation lists are outdated. What is merely on its way there is a detail. Fit for
 * readiness, never for liveness: a restart brings no certificate.
 */
final class IdentityHealth implements HealthIndicator {
    private final NodeIdentity identity;
    private final CertificateInventory inventory;
    private final Supplier<Optional<CustomerCertificates>> customers;
    private final InstantSource clock;

    IdentityHealth(
            NodeIdentity identity,
            CertificateInventory inventory,
            Supplier<Optional<CustomerCertificates>> customers,
            InstantSource clock) {
        this.identity = identity;
        this.inventory = inventory;
        this.customers = customers;
        this.clock = clock;
    }

    @Override
    public Health health() {
        Instant now = clock.instant();
        Optional<String> ended = ended(now);
        Health.Builder health = ended.isPresent() ? Health.outOfService() : Health.up();
        ended.ifPresent(why -> health.withDetail("outOfService", why));
        health.withDetail("serial", identity.current().serialNumber());
        health.withDetail("notAfter", identity.current().notAfter().toString());
        Map<String, String> problems = new TreeMap<>();
        identity.problems().forEach((problem, message) -> problems.put(problem.tag(), message));
        customers
                .get()
                .ifPresent(shown ->
                        shown.problems().forEach((bundle, message) -> problems.put("bundle-" + bundle, message)));
        if (!problems.isEmpty()) {
            health.withDetail("problems", problems);
        }
        List<String> near = inventory.items().stream()
                .filter(item -> item.isNear(now))
                .map(IdentityHealth::line)
                .toList();
        if (!near.isEmpty()) {
            health.withDetail("nearExpiry", near);
        }
        return health.build();
    }

    private static String line(Item item) {
        return item.use() + " " + item.serial() + " " + item.notAfter();
    }

    private Optional<String> ended(Instant now) {
        if (!now.isBefore(identity.current().notAfter())) {
            return Optional.of("the node's certificate has expired at "
                    + identity.current().notAfter());
        }
        RevocationSnapshot lists = identity.revocation();
        boolean usable = lists.lists().stream()
                .anyMatch(list -> !now.isAfter(list.nextUpdate().plus(lists.grace())));
        if (!usable && lists.need() == Need.REQUIRED) {
            return Optional.of(
                    lists.lists().isEmpty() ? "there is no revocation list" : "the revocation lists are outdated");
        }
        return Optional.empty();
    }
}
