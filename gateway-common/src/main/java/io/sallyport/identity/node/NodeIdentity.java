package io.sallyport.identity.node;

import io.sallyport.identity.Credentials;
import io.sallyport.identity.IdentityException;
import io.sallyport.identity.node.NodeSettings.Source;
import io.sallyport.identity.revocation.RevocationSnapshot;
import io.sallyport.identity.revocation.RevocationSnapshot.Need;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's credentials and revocation lists over time.
 *
 * <p>What it answers is always good to use: a failure of any kind leaves the last good material in place. Safe for use
 * by many threads; its own work is done on one thread of its own.
 */
public final class NodeIdentity implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeIdentity.class);
    private static final Duration TICK = Duration.ofSeconds(1);

    private final NodeSettings settings;
    private final InstantSource clock;
    private final ScheduledExecutorService thread;
    private final Served served;
    private final Upkeep upkeep;

    private NodeIdentity(NodeSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
        switch (settings.source()) {
            case Source.Pki(var pki, var tokenFile, var directory, var announcements) -> {
                Enrolment enrolment = new Enrolment(settings, pki, clock);
                NodeState state = new NodeState(directory);
                Credentials first = fromState(enrolment, tokenFile, state, clock.instant());
                RevocationSnapshot stored = state.revocationLists(
                        first, new RevocationSnapshot(List.of(), Need.REQUIRED, settings.revocationGrace()));
                this.served = new Served(first, stored);
                this.upkeep = new PkiUpkeep(served, enrolment, state, announcements, this::tickSoon);
            }
            case Source.Files files -> {
                FileUpkeep watching = FileUpkeep.begin(settings, files, clock.instant());
                this.served = watching.served();
                this.upkeep = watching;
            }
        }
        this.thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("node-identity").factory());
    }

    /**
     * Loads or gets the node's credentials and begins to keep them fresh. Waits for the PKI where it must enrol.
     *
     * @throws IdentityException if there is nothing good to serve; the message says what to do
     */
    public static NodeIdentity start(NodeSettings settings, InstantSource clock) {
        NodeIdentity identity = begin(settings, clock);
        identity.prepare();
        var _ = identity.thread.scheduleWithFixedDelay(
                identity::tickOnThread, 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
        identity.upkeep.start();
        return identity;
    }

    /** The same without anything that happens by itself. */
    static NodeIdentity begin(NodeSettings settings, InstantSource clock) {
        return new NodeIdentity(settings, clock);
    }

    /* One unforeseen failure must not end all renewals. */
    private void tickOnThread() {
        try {
            tick();
        } catch (RuntimeException e) {
            LOG.error("event=identity-tick-failed", e);
        }
    }

    private void tickSoon() {
        try {
            thread.execute(this::tickOnThread);
        } catch (RejectedExecutionException e) {
            LOG.debug("event=identity-closed");
        }
    }

    private static Credentials fromState(Enrolment enrolment, @Nullable Path tokenFile, NodeState state, Instant now) {
        state.prepare();
        Optional<Credentials> stored = state.load();
        if (stored.isPresent() && now.isBefore(stored.get().notAfter())) {
            return enrolment.accepted(stored.get());
        }
        String lack = stored.isPresent() ? "the node's certificate has expired" : "the node has no certificate yet";
        if (tokenFile == null || !Files.exists(tokenFile)) {
            throw new IdentityException(lack + "; put a one-time token of the PKI into "
                    + (tokenFile == null ? "a file and name it by sallyport.pki.token-file" : tokenFile));
        }
        EnrolmentToken token = EnrolmentToken.parse(
                new String(NodeState.bytes(tokenFile), StandardCharsets.ISO_8859_1), tokenFile.toString());
        Credentials enrolled = enrolment.enroll(token, state);
        state.store(enrolled);
        LOG.info("event=enrolled serial={} notAfter={}", enrolled.serialNumber(), enrolled.notAfter());
        return enrolled;
    }

    /** Who the node is and where its material comes from. */
    public NodeSettings settings() {
        return settings;
    }

    /** What the node shows and trusts now. */
    public Credentials current() {
        return served.credentials();
    }

    /** The revocation lists that count now. */
    public RevocationSnapshot revocation() {
        return served.revocation();
    }

    /** A failure that lasts, until what failed succeeds; the first one of the closed set where there are several. */
    public Optional<String> lastError() {
        return problems().entrySet().stream().min(Map.Entry.comparingByKey()).map(Map.Entry::getValue);
    }

    /** What fails now, each with the reason. */
    public Map<IdentityProblem, String> problems() {
        return served.problems();
    }

    /** How often something failed so far. */
    public long failures(IdentityProblem problem) {
        return served.failures(problem);
    }

    /** When the PKI is next asked for a certificate; empty where another program brings them. */
    public Optional<Instant> nextRenewal() {
        Instant next = upkeep.nextRenewal();
        return next.equals(Instant.MAX) ? Optional.empty() : Optional.of(next);
    }

    /** Has the PKI asked for a certificate now; answers false where another program brings them. */
    public boolean renewSoon() {
        return upkeep.renewSoon();
    }

    /** Has the listener called with each later set of credentials, on the identity's own thread. */
    public void onChange(Consumer<Credentials> listener) {
        served.onCredentials(listener);
    }

    /** Has the listener called with each later set of revocation lists, on the identity's own thread. */
    public void onRevocation(Consumer<RevocationSnapshot> listener) {
        served.onRevocation(listener);
    }

    private synchronized void prepare() {
        upkeep.prepare(clock.instant());
    }

    /** Does what is due; called every second, and by tests. */
    synchronized void tick() {
        upkeep.tick(clock.instant());
    }

    @Override
    public void close() {
        thread.shutdownNow();
        synchronized (this) {
            upkeep.close();
        }
    }
}
