package io.sallyport.gateway.tls;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.sallyport.gateway.tls.CertificateInventory.Item;
import io.sallyport.identity.Credentials;
import io.sallyport.identity.node.IdentityProblem;
import io.sallyport.identity.node.NodeIdentity;
import io.sallyport.identity.peer.HandshakeBound;
import io.sallyport.identity.peer.HandshakeRefusal;
import io.sallyport.identity.peer.PeerConnections;
import io.sallyport.identity.revocation.RevocationList;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells operators of certificates and lists that come to their end, of what fails in keeping them fresh, and of peers.
 * What is no longer served has no series any more.
 */
final class IdentityMeters implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IdentityMeters.class);
    private static final Duration LOOK = Duration.ofSeconds(5);

    private final CertificateInventory inventory;
    private final InstantSource clock;
    private final MultiGauge expiry;
    private final Set<Item> told = new HashSet<>();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("identity-meters").factory());
    private List<Item> registered = List.of();

    IdentityMeters(
            MeterRegistry registry,
            NodeIdentity identity,
            CertificateInventory inventory,
            PeerConnections peers,
            HandshakeBound bound,
            InstantSource clock) {
        this.inventory = inventory;
        this.clock = clock;
        this.expiry = MultiGauge.builder("sallyport.certificate.expiry")
                .description("time to the end of what is served or trusted; negative after it")
                .baseUnit("seconds")
                .register(registry);
        Gauge.builder("sallyport.certificate.near.expiry", this, IdentityMeters::near)
                .description("certificates and lists whose end is near")
                .register(registry);
        Gauge.builder("sallyport.identity.renewal.overdue", identity, this::renewalOverdue)
                .description("1 where the node should have renewed its certificate and has not")
                .register(registry);
        Gauge.builder("sallyport.revocation.list.age", identity, this::listAge)
                .description("how long ago the oldest list of an issuer of nodes was made")
                .baseUnit("seconds")
                .register(registry);
        for (IdentityProblem problem : IdentityProblem.values()) {
            FunctionCounter.builder("sallyport.identity.failures", identity, known -> known.failures(problem))
                    .description("failures to get or to take new material")
                    .tag("what", problem.tag())
                    .register(registry);
        }
        Gauge.builder("sallyport.peer.connections", peers, PeerConnections::count)
                .description("living connections to peers")
                .register(registry);
        for (HandshakeRefusal reason : HandshakeRefusal.values()) {
            FunctionCounter.builder("sallyport.peer.connections.ended", peers, known -> known.ended(reason))
                    .description("connections that were ended since their peer was no longer acceptable")
                    .tag("reason", reason.tag())
                    .register(registry);
        }
        Gauge.builder("sallyport.tls.handshakes.open", bound, HandshakeBound::underWay)
                .description("handshakes of the listener that are under way")
                .register(registry);
        FunctionCounter.builder("sallyport.tls.connections.refused", bound, HandshakeBound::refusedByTotal)
                .description("connections that were closed before their handshake")
                .tag("bound", "total")
                .register(registry);
        FunctionCounter.builder("sallyport.tls.connections.refused", bound, HandshakeBound::refusedByAddress)
                .description("connections that were closed before their handshake")
                .tag("bound", "address")
                .register(registry);
        refresh();
        identity.onChange(next -> thread.execute(this::refresh));
        var _ = thread.scheduleWithFixedDelay(this::refresh, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void refresh() {
        try {
            List<Item> items = inventory.items();
            if (!items.equals(registered)) {
                registered = items;
                expiry.register(items.stream().map(this::row).collect(Collectors.toList()), true);
                told.retainAll(Set.copyOf(items));
            }
            Instant now = clock.instant();
            items.stream().filter(item -> item.isNear(now)).filter(told::add).forEach(IdentityMeters::tell);
        } catch (RuntimeException e) {
            LOG.error("event=identity-meters-failed", e);
        }
    }

    private Row<?> row(Item item) {
        return Row.of(
                Tags.of("use", item.use(), "serial", item.serial()),
                item,
                shown -> Duration.between(clock.instant(), shown.notAfter()).toSeconds());
    }

    private static void tell(Item item) {
        LOG.warn(
                "event=near-expiry use={} serial={} subject=\"{}\" notAfter={}",
                item.use(),
                item.serial(),
                item.subject(),
                item.notAfter());
    }

    /* Renewal begins before 5/12 of the life; where nobody renews here, nobody is late. */
    private double renewalOverdue(NodeIdentity identity) {
        Credentials own = identity.current();
        Instant half = own.notBefore()
                .plus(Duration.between(own.notBefore(), own.notAfter()).dividedBy(2));
        return identity.nextRenewal().isPresent() && clock.instant().isAfter(half) ? 1 : 0;
    }

    /* A root's own list is made by hand once in months and says nothing of how fresh the others are. */
    private double listAge(NodeIdentity identity) {
        Set<PublicKey> roots = identity.current().roots().stream()
                .map(X509Certificate::getPublicKey)
                .collect(Collectors.toSet());
        List<RevocationList> all = identity.revocation().lists();
        List<RevocationList> ofIssuers =
                all.stream().filter(list -> !roots.contains(list.issuerKey())).toList();
        return (ofIssuers.isEmpty() ? all : ofIssuers)
                .stream()
                        .map(RevocationList::thisUpdate)
                        .min(Instant::compareTo)
                        .map(made ->
                                (double) Duration.between(made, clock.instant()).toSeconds())
                        .orElse(Double.NaN);
    }

    private double near() {
        Instant now = clock.instant();
        return inventory.items().stream().filter(item -> item.isNear(now)).count();
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
