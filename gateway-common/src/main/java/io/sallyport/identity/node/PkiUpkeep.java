package io.sallyport.identity.node;

import io.sallyport.identity.Credentials;
import io.sallyport.identity.IdentityException;
import io.sallyport.identity.node.NodeSettings.Announcements;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a node of our PKI fresh: certificate, trust bundle, revocation lists; and tells the PKI what is served. */
final class PkiUpkeep implements Upkeep {
    private static final Logger LOG = LoggerFactory.getLogger(NodeIdentity.class);
    private static final Duration CRL_INTERVAL = Duration.ofSeconds(10);
    private static final Duration TRUST_INTERVAL = Duration.ofMinutes(1);
    private static final Duration REPORT_INTERVAL = Duration.ofHours(1);
    private static final Duration REPORT_RETRY = Duration.ofMinutes(5);

    private final Served served;
    private final Enrolment enrolment;
    private final NodeState state;
    private final RevocationPoll poll;
    private final Announcements awaited;
    private final Runnable tickSoon;
    private @Nullable PkiClient client;
    private @Nullable RevocationAnnouncements announcements;
    private volatile Instant nextRenewal;
    private volatile Instant nextPoll = Instant.MIN;
    private Instant nextTrust = Instant.MIN;
    private Instant nextReport = Instant.MIN;
    private OptionalLong trustSequence = OptionalLong.empty();
    private int renewalFailures;
    private int pollFailures;

    /**
     * Keeps fresh what is served.
     *
     * @param tickSoon has the identity's thread tick without waiting for its second
     */
    PkiUpkeep(Served served, Enrolment enrolment, NodeState state, Announcements awaited, Runnable tickSoon) {
        this.served = served;
        this.enrolment = enrolment;
        this.state = state;
        this.poll = new RevocationPoll(state);
        this.awaited = awaited;
        this.tickSoon = tickSoon;
        this.nextRenewal = enrolment.firstRenewal(served.credentials());
    }

    /** The revocation lists: without them no peer is let in. Trust bundle and report come with the first tick. */
    @Override
    public void prepare(Instant now) {
        pollRevocation(now);
    }

    @Override
    public void start() {
        if (awaited == Announcements.AWAIT) {
            announcements = new RevocationAnnouncements(
                    served::credentials, enrolment::client, this::pollNow, RandomGenerator.getDefault());
        }
    }

    private void pollNow() {
        nextPoll = Instant.MIN;
        tickSoon.run();
    }

    @Override
    public Instant nextRenewal() {
        return nextRenewal;
    }

    @Override
    public boolean renewSoon() {
        nextRenewal = Instant.MIN;
        tickSoon.run();
        return true;
    }

    @Override
    public void tick(Instant now) {
        if (!now.isBefore(nextRenewal)) {
            refreshTrust(now);
            renew(now);
        }
        if (isDue(nextPoll, now, CRL_INTERVAL)) {
            pollRevocation(now);
        }
        if (isDue(nextTrust, now, TRUST_INTERVAL)) {
            refreshTrust(now);
        }
        if (isDue(nextReport, now, REPORT_INTERVAL)) {
            report(now);
        }
    }

    /* What is due later than its interval allows was planned before the clock went back. */
    private static boolean isDue(Instant next, Instant now, Duration interval) {
        return !now.isBefore(next) || next.isAfter(now.plus(interval));
    }

    private void renew(Instant now) {
        try {
            Credentials renewed = enrolment.renew(served.credentials(), client());
            state.store(renewed);
            served.serve(renewed);
            closeClient();
            renewalFailures = 0;
            served.solved(IdentityProblem.RENEWAL);
            nextReport = Instant.MIN;
            nextRenewal = enrolment.firstRenewal(renewed);
            LOG.info("event=renewed serial={} notAfter={}", renewed.serialNumber(), renewed.notAfter());
        } catch (IdentityException e) {
            renewalFailures++;
            nextRenewal = now.plus(RenewalSchedule.retryAfter(renewalFailures));
            failed(IdentityProblem.RENEWAL, "renewal-failed", e);
        }
    }

    /** The PKI's roots take the place of ours where our own chain still leads to one of them. */
    private void refreshTrust(Instant now) {
        nextTrust = now.plus(TRUST_INTERVAL);
        try {
            PkiClient.TrustBundle bundle = client().sequencedTrustBundle();
            Credentials current = served.credentials();
            if (bundle.sequence().isPresent()
                    && trustSequence.isPresent()
                    && bundle.sequence().getAsLong() < trustSequence.getAsLong()) {
                throw new IdentityException("the trust bundle's sequence must not go back: "
                        + bundle.sequence().getAsLong() + " after " + trustSequence.getAsLong());
            }
            if (!new HashSet<>(bundle.roots()).equals(new HashSet<>(current.roots()))) {
                Credentials trusting =
                        enrolment.accepted(new Credentials(current.key(), current.chain(), bundle.roots()));
                state.store(trusting);
                served.serve(trusting);
                closeClient();
                LOG.info(
                        "event=trust-bundle sequence={} roots={}",
                        bundle.sequence(),
                        bundle.roots().size());
            }
            trustSequence = bundle.sequence();
            served.solved(IdentityProblem.TRUST_BUNDLE);
        } catch (IdentityException e) {
            if (!served.problems().containsKey(IdentityProblem.TRUST_BUNDLE)) {
                LOG.warn("event=trust-bundle-refused error=\"{}\"", e.getMessage());
            }
            served.failed(IdentityProblem.TRUST_BUNDLE, e);
        }
    }

    private void report(Instant now) {
        Credentials current = served.credentials();
        nextReport = now.plus(REPORT_INTERVAL);
        try {
            client().reportStatus(new StatusReport(
                    StatusReport.serial(current.leaf().getSerialNumber()),
                    current.notAfter(),
                    trustSequence.isPresent() ? trustSequence.getAsLong() : null,
                    poll.numbers(),
                    StatusReport.ownVersion()));
        } catch (IdentityException e) {
            nextReport = now.plus(REPORT_RETRY);
            LOG.warn("event=status-report-failed error=\"{}\"", e.getMessage());
        }
    }

    private void pollRevocation(Instant now) {
        nextPoll = now.plus(CRL_INTERVAL);
        try {
            poll.poll(client(), served.credentials(), served.revocation(), now).ifPresent(served::serve);
            pollFailures = 0;
            served.solved(IdentityProblem.REVOCATION_LIST);
        } catch (IdentityException e) {
            pollFailures++;
            nextPoll = now.plus(pollRetry());
            if (Integer.bitCount(pollFailures) == 1) {
                failed(IdentityProblem.REVOCATION_LIST, "revocation-poll-failed", e);
            } else {
                served.failed(IdentityProblem.REVOCATION_LIST, e);
            }
        }
    }

    private Duration pollRetry() {
        Duration retry = RenewalSchedule.retryAfter(pollFailures);
        return retry.compareTo(CRL_INTERVAL) < 0 ? retry : CRL_INTERVAL;
    }

    private void failed(IdentityProblem problem, String event, IdentityException e) {
        served.failed(problem, e);
        LOG.warn("event={} expires={} error=\"{}\"", event, served.credentials().notAfter(), e.getMessage());
    }

    private PkiClient client() {
        PkiClient open = client;
        if (open == null) {
            open = enrolment.client(served.credentials());
            client = open;
        }
        return open;
    }

    private void closeClient() {
        PkiClient open = client;
        client = null;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void close() {
        RevocationAnnouncements waiting = announcements;
        if (waiting != null) {
            waiting.close();
        }
        closeClient();
    }
}
