package io.sallyport.pki.authority;

import io.sallyport.pki.ca.Issuer;
import io.sallyport.pki.ca.RevocationList;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the revocation list of every issuing CA current: soon after each revocation and every ten minutes, until the CA
 * is retired and its last certificate has ended.
 */
public final class RevocationListPublisher {
    private static final Logger log = LoggerFactory.getLogger(RevocationListPublisher.class);
    private static final Duration PERIOD = Duration.ofMinutes(10);
    private static final Duration COALESCED = Duration.ofMillis(100);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

    private final Ledger ledger;
    private final Issuers issuers;
    private final RevocationNews news;
    private final Path state;
    private final InstantSource time;
    private final ScheduledExecutorService executor;
    private final AtomicBoolean requested = new AtomicBoolean();
    private final Set<String> wanted = ConcurrentHashMap.newKeySet();
    private final ReentrantLock publishing = new ReentrantLock();
    private final Map<String, IssuerListPublisher> publishers = new ConcurrentHashMap<>();
    private final Set<String> ended = ConcurrentHashMap.newKeySet();

    /** A publisher that works on the given executor. */
    public RevocationListPublisher(
            Ledger ledger,
            Issuers issuers,
            RevocationNews news,
            Path state,
            InstantSource time,
            ScheduledExecutorService executor) {
        this.ledger = ledger;
        this.issuers = issuers;
        this.news = news;
        this.state = state;
        this.time = time;
        this.executor = executor;
    }

    /** The active CA's list in force; empty before the first. */
    public Optional<RevocationList> current() {
        return current(issuers.active().id());
    }

    /** A CA's list in force; empty where there is none. */
    public Optional<RevocationList> current(String issuerId) {
        return Optional.ofNullable(publishers.get(issuerId)).flatMap(IssuerListPublisher::current);
    }

    /** The lists that are kept current, by the CA's id; those of CAs whose last certificate has ended are not. */
    public Map<Issuer, Optional<RevocationList>> kept() {
        Map<Issuer, Optional<RevocationList>> kept = new LinkedHashMap<>();
        for (Issuer issuer : issuers.all()) {
            if (!ended.contains(issuer.id())) {
                kept.put(issuer, current(issuer.id()));
            }
        }
        return kept;
    }

    /** Takes up where the last run ended, publishes all lists, and from then on in each period. */
    public void start() {
        news.learn(ledger.revocations().numbers());
        rebuildAll();
        issuers.onChange(this::requestAll);
        var _ = executor.scheduleWithFixedDelay(
                this::rebuildAll, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Asks for new lists of some CAs; requests within a tenth of a second share one. */
    public void request(Collection<String> issuerIds) {
        wanted.addAll(issuerIds);
        schedule(COALESCED);
    }

    private void requestAll() {
        request(issuers.all().stream().map(Issuer::id).toList());
    }

    private void schedule(Duration delay) {
        if (!wanted.isEmpty() && requested.compareAndSet(false, true)) {
            var _ = executor.schedule(this::rebuildWanted, delay.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void rebuildAll() {
        wanted.addAll(issuers.all().stream().map(Issuer::id).toList());
        rebuildWanted();
    }

    private void rebuildWanted() {
        requested.set(false);
        boolean failed = false;
        for (String id : new HashSet<>(wanted)) {
            wanted.remove(id);
            Issuer issuer = issuers.find(id).orElse(null);
            if (issuer == null) {
                continue;
            }
            try {
                publish(issuer);
            } catch (RuntimeException e) {
                log.error("revocation list not published issuer={} cause={}", id, e.toString());
                wanted.add(id);
                failed = true;
            }
        }
        if (failed) {
            schedule(AFTER_FAILURE);
        }
    }

    /** Makes, checks, stores and publishes the active CA's list now. */
    public RevocationList publish() {
        Issuer issuer = issuers.active();
        publish(issuer);
        return current(issuer.id()).orElseThrow();
    }

    private void publish(Issuer issuer) {
        publishing.lock();
        try {
            IssuerListPublisher publisher = publishers.get(issuer.id());
            if (publisher == null) {
                publisher = new IssuerListPublisher(ledger, issuer, state, time);
                publisher.takeUp();
                publishers.put(issuer.id(), publisher);
            }
            if (issuers.signsLists(issuer)) {
                RevocationList list = publisher.publish();
                ended.remove(issuer.id());
                news.tell(issuer.id(), list.contents().number());
            } else if (ended.add(issuer.id())) {
                log.info("event=issuer-ended issuer={}", issuer.id());
            }
        } finally {
            publishing.unlock();
        }
    }
}
