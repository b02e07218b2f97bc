package io.sallyport.pki.authority;

import io.sallyport.pki.ca.Der;
import io.sallyport.pki.ca.HierarchyFiles;
import io.sallyport.pki.ca.Issuer;
import io.sallyport.pki.ca.Pem;
import io.sallyport.pki.ca.UnusableFileException;
import io.sallyport.pki.ledger.IssuerStatus;
import io.sallyport.pki.policy.Refusal;
import io.sallyport.pki.policy.Refusal.Cause;
import io.sallyport.pki.policy.Refusal.Violation;
import io.sallyport.pki.policy.RefusedException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The issuing CAs and roots of the state directory. One CA is active and issues; the others sign their own lists. What
 * an operator puts into the directory is found by the next {@link #refresh}; what is answered is answered from memory.
 * Safe for many threads.
 */
public final class Issuers {
    private static final Logger log = LoggerFactory.getLogger(Issuers.class);

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private final Path state;
    private final @Nullable Path passphraseFile;
    private final Ledger ledger;
    private final InstantSource time;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<String> told = new LinkedHashSet<>();
    private volatile View view;
    private volatile Instant looked = Instant.EPOCH;

    /**
     * What is known at one moment.
     *
     * @param issuers by id, oldest first
     * @param statuses where each stands
     * @param active the one that issues
     * @param roots the trust bundle
     * @param sequence of the trust bundle
     */
    private record View(
            Map<String, Issuer> issuers,
            Map<String, IssuerStatus> statuses,
            Issuer active,
            List<X509Certificate> roots,
            long sequence) {}

    /** The CAs of a state directory; {@code passphraseFile} opens all their keys. One that fits has to be there. */
    public Issuers(Path state, @Nullable Path passphraseFile, Ledger ledger, InstantSource time) {
        this.state = state;
        this.passphraseFile = passphraseFile;
        this.ledger = ledger;
        this.time = time;
        this.view = read(Map.of());
    }

    /** The CA that issues. */
    public Issuer active() {
        return view.active();
    }

    /** The CA with the id. */
    public Optional<Issuer> find(String id) {
        return Optional.ofNullable(view.issuers().get(id));
    }

    /** All CAs, oldest first. */
    public List<Issuer> all() {
        return List.copyOf(view.issuers().values());
    }

    /** Where a CA stands. */
    public IssuerStatus status(Issuer issuer) {
        return view.statuses().getOrDefault(issuer.id(), IssuerStatus.STANDBY);
    }

    /** The roots that nodes are to trust. */
    public List<X509Certificate> roots() {
        return view.roots();
    }

    /** Grows with each change of the roots. */
    public long bundleSequence() {
        return view.sequence();
    }

    /** The CA whose key has signed a certificate, chosen by the signature and never by a name. */
    public Optional<Issuer> issuerOf(X509Certificate certificate) {
        return view.issuers().values().stream()
                .filter(issuer -> issuer.hasSigned(certificate))
                .findFirst();
    }

    /** The same, after a look at the directory where no known CA has signed it; one look a second at most. */
    Optional<Issuer> issuerOfOrNew(X509Certificate certificate) {
        Optional<Issuer> known = issuerOf(certificate);
        Instant now = time.instant();
        if (known.isPresent() || now.isBefore(looked.plus(LOOK_AGAIN))) {
            return known;
        }
        looked = now;
        refresh();
        return issuerOf(certificate);
    }

    /** Has a listener run after each change. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** Reads the directory anew; what cannot be used is told once and left out, what is in memory stays. */
    public void refresh() {
        boolean changed;
        lock.lock();
        try {
            View next = read(view.issuers());
            changed = !next.issuers().keySet().equals(view.issuers().keySet())
                    || !next.roots().equals(view.roots());
            view = next;
        } catch (UnusableFileException e) {
            tellOnce(String.valueOf(e.getMessage()));
            return;
        } finally {
            lock.unlock();
        }
        if (changed) {
            log.info(
                    "event=issuers-changed issuers={} roots={} bundle={}",
                    view.issuers().keySet(),
                    view.roots().size(),
                    view.sequence());
            listeners.forEach(Runnable::run);
        }
    }

    private View read(Map<String, Issuer> known) {
        List<Path> directories = HierarchyFiles.issuingDirectories(state);
        if (directories.isEmpty() && known.isEmpty()) {
            directories = List.of(state.resolve("issuing"));
        }
        List<X509Certificate> roots = HierarchyFiles.roots(state);
        Map<String, Issuer> issuers = new LinkedHashMap<>();
        List<UnusableFileException> unusable = new ArrayList<>();
        for (Path directory : directories) {
            try {
                Issuer issuer = read(directory, known, roots);
                issuers.put(issuer.id(), issuer);
            } catch (UnusableFileException e) {
                unusable.add(e);
            }
        }
        keepThoseInUse(known, issuers);
        Map<String, IssuerStatus> statuses =
                new LinkedHashMap<>(ledger.issuers().all());
        Issuer active = active(issuers, statuses, unusable);
        unusable.forEach(e -> tellOnce(String.valueOf(e.getMessage())));
        tellOfMissing(issuers, statuses);
        List<X509Certificate> bundle = bundle(roots, issuers);
        return new View(issuers, statuses, active, bundle, sequence(bundle));
    }

    private Issuer read(Path directory, Map<String, Issuer> known, List<X509Certificate> roots) {
        X509Certificate certificate = HierarchyFiles.certificates(directory.resolve(HierarchyFiles.CHAIN))
                .getFirst();
        Issuer inMemory = known.get(Issuer.idOf(certificate));
        return inMemory != null && inMemory.certificate().equals(certificate)
                ? inMemory
                : Issuer.read(directory, passphraseFile, roots);
    }

    /** A CA whose directory is gone stays in memory for as long as somebody needs its list. */
    private void keepThoseInUse(Map<String, Issuer> known, Map<String, Issuer> issuers) {
        known.forEach((id, issuer) -> {
            if (!issuers.containsKey(id) && signsLists(issuer)) {
                issuers.put(id, issuer);
                tellOnce("the directory of the issuing CA " + id + " is gone although its list is still needed");
            }
        });
    }

    private Issuer active(
            Map<String, Issuer> issuers, Map<String, IssuerStatus> statuses, List<UnusableFileException> unusable) {
        String id = statuses.entrySet().stream()
                .filter(entry -> entry.getValue() == IssuerStatus.ACTIVE)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
        Issuer active = id == null ? null : issuers.get(id);
        if (active != null) {
            return active;
        }
        if (!unusable.isEmpty()) {
            throw unusable.getFirst();
        }
        Issuer chosen = issuers.values().stream()
                .filter(issuer -> statuses.get(issuer.id()) != IssuerStatus.RETIRED)
                .findFirst()
                .orElseThrow(() -> new UnusableFileException(
                        "all issuing CAs in " + state + " are retired; make another one with `ceremony issuing`"));
        if (id != null) {
            log.error("event=active-issuer-gone issuer={} instead={}", id, chosen.id());
        }
        Instant now = time.instant();
        ledger.transactions().executeWithoutResult(_ -> {
            if (id != null) {
                ledger.issuers().save(id, IssuerStatus.STANDBY, now);
                statuses.put(id, IssuerStatus.STANDBY);
            }
            ledger.issuers().save(chosen.id(), IssuerStatus.ACTIVE, now);
        });
        statuses.put(chosen.id(), IssuerStatus.ACTIVE);
        return chosen;
    }

    private void tellOfMissing(Map<String, Issuer> issuers, Map<String, IssuerStatus> statuses) {
        statuses.keySet().stream()
                .filter(id -> !issuers.containsKey(id))
                .filter(id -> ledger.certificates().unexpired(id, time.instant()) > 0)
                .forEach(id -> tellOnce("the issuing CA " + id
                        + " is not in the state directory although it has certificates that have not ended:"
                        + " its revocation list cannot be renewed"));
    }

    /** A root stays in the bundle while a CA below it is in use, even where its file is gone. */
    private static List<X509Certificate> bundle(List<X509Certificate> roots, Map<String, Issuer> issuers) {
        Set<X509Certificate> bundle = new LinkedHashSet<>(roots);
        issuers.values().forEach(issuer -> bundle.add(issuer.root()));
        return List.copyOf(bundle);
    }

    private long sequence(List<X509Certificate> bundle) {
        List<String> hashes = bundle.stream()
                .map(root -> Der.sha256(Pem.encoded(root)))
                .sorted()
                .toList();
        long floor = bundle.stream()
                .mapToLong(root -> root.getNotBefore().toInstant().getEpochSecond())
                .max()
                .orElseThrow();
        String set = Der.sha256(Pem.ascii(String.join(" ", hashes)));
        Long sequence = ledger.transactions().execute(_ -> ledger.trustBundles().sequence(hashes, set, floor));
        return sequence == null ? floor : sequence;
    }

    private void tellOnce(String complaint) {
        if (told.add(complaint)) {
            log.error("event=issuer-unusable cause=\"{}\"", complaint);
        }
    }

    /** Whether a CA still has to sign lists: until it is retired and its last certificate has ended. */
    public boolean signsLists(Issuer issuer) {
        return status(issuer) != IssuerStatus.RETIRED
                || ledger.certificates().unexpired(issuer.id(), time.instant()) > 0
                || ledger.revocations().hasEntries(issuer.id());
    }

    /**
     * Has another CA issue from now on. Where its root is another one than that of the CA in use, every gate must have
     * reported that it goes by a trust bundle with that root, unless {@code unready} ones are to be left behind.
     */
    public Issuer activate(String id, boolean unready) {
        refresh();
        lock.lock();
        try {
            Issuer next = known(id);
            Issuer last = view.active();
            if (next == last) {
                return next;
            }
            if (status(next) == IssuerStatus.RETIRED) {
                throw new RefusedException(Cause.ISSUER_RETIRED, "a retired issuing CA never issues again");
            }
            Instant now = time.instant();
            if (!now.isBefore(next.notAfter())) {
                throw new RefusedException(Cause.ISSUER_EXPIRING, "the issuing CA has ended at " + next.notAfter());
            }
            if (!next.signs()) {
                throw new RefusedException(Cause.SIGNER_UNAVAILABLE, "the key of the issuing CA does not sign");
            }
            if (!unready && !next.root().equals(last.root())) {
                refuseUnready(next, now);
            }
            ledger.transactions().executeWithoutResult(_ -> {
                ledger.issuers().save(last.id(), IssuerStatus.STANDBY, now);
                ledger.issuers().save(next.id(), IssuerStatus.ACTIVE, now);
            });
            Map<String, IssuerStatus> statuses = new LinkedHashMap<>(view.statuses());
            statuses.put(last.id(), IssuerStatus.STANDBY);
            statuses.put(next.id(), IssuerStatus.ACTIVE);
            view = new View(view.issuers(), statuses, next, view.roots(), view.sequence());
            log.info("event=issuer-activated issuer={} before={}", next.id(), last.id());
        } finally {
            lock.unlock();
        }
        listeners.forEach(Runnable::run);
        return view.active();
    }

    private void refuseUnready(Issuer next, Instant now) {
        long joined = ledger.trustBundles().joined(Der.sha256(Pem.encoded(next.root())));
        List<String> behind = ledger.nodes().behindBundle(joined, now);
        if (!behind.isEmpty()) {
            throw new RefusedException(new Refusal(
                    Cause.NODES_NOT_READY,
                    "nodes have not reported a trust bundle with the root of this issuing CA",
                    behind.stream()
                            .map(node -> new Violation(node, "trustBundleSequence must be " + joined + " or more"))
                            .toList()));
        }
    }

    /** Has a CA never issue again; it goes on to sign its list until its last certificate has ended. */
    public Issuer retire(String id) {
        lock.lock();
        try {
            Issuer issuer = known(id);
            if (issuer == view.active()) {
                throw new RefusedException(Cause.ISSUER_ACTIVE, "activate another issuing CA first");
            }
            if (status(issuer) != IssuerStatus.RETIRED) {
                ledger.issuers().save(issuer.id(), IssuerStatus.RETIRED, time.instant());
                Map<String, IssuerStatus> statuses = new LinkedHashMap<>(view.statuses());
                statuses.put(issuer.id(), IssuerStatus.RETIRED);
                view = new View(view.issuers(), statuses, view.active(), view.roots(), view.sequence());
                log.info("event=issuer-retired issuer={}", issuer.id());
            }
            return issuer;
        } finally {
            lock.unlock();
        }
    }

    private Issuer known(String id) {
        return find(id).orElseThrow(() -> new RefusedException(Cause.NOT_FOUND, "no issuing CA has this id"));
    }
}
