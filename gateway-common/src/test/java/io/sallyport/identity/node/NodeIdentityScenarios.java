package io.sallyport.identity.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.identity.Credentials;
import io.sallyport.identity.IdentityException;
import io.sallyport.identity.Pem;
import io.sallyport.identity.Role;
import io.sallyport.identity.TestAuthority;
import io.sallyport.identity.TestAuthority.Leaf;
import io.sallyport.identity.TestPki;
import io.sallyport.identity.node.NodeSettings.Announcements;
import io.sallyport.identity.node.NodeSettings.Source;
import io.sallyport.identity.revocation.RevocationSnapshot;
import io.sallyport.identity.revocation.RevocationSnapshot.Status;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node's life with a PKI: first trust, enrolment, restart, renewal, outage, revocation lists. */
class NodeIdentityScenarios {
    private static final Instant START = Instant.parse("2026-11-25T12:00:00Z");
    private static final Duration LIFE = Duration.ofDays(3);

    @TempDir
    Path directory;

    private final AtomicReference<Instant> now = new AtomicReference<>(START);
    private final TestAuthority authority = new TestAuthority("Sallyport", START);
    private final TestPki pki = pki(authority, "spiffe://sallyport.internal/pki/pki-1");
    private Path token = Path.of("unset");

    private TestPki pki(TestAuthority authority, String uri) {
        return new TestPki(
                authority,
                authority.issue(authority.server(uri).valid(START.minusSeconds(300), START.plus(Duration.ofDays(20)))),
                authority.revocationList(1, START.plus(Duration.ofDays(10))),
                count -> leaf(authority));
    }

    private Leaf leaf(TestAuthority authority) {
        return authority
                .edge("edge-1")
                .valid(now.get().minusSeconds(300), now.get().plus(LIFE));
    }

    @BeforeEach
    void writeToken() throws IOException {
        token = Files.writeString(directory.resolve("token"), pki.token() + "\n");
    }

    @AfterEach
    void close() {
        pki.close();
    }

    private NodeIdentity begin(TestPki server) {
        NodeIdentity identity = NodeIdentity.begin(settings(server), now::get);
        identity.tick();
        return identity;
    }

    private NodeSettings settings(TestPki server) {
        return new NodeSettings(
                "edge-1",
                Role.EDGE,
                "sallyport.internal",
                new Source.Pki(server.url(), token, state()),
                Duration.ofHours(1));
    }

    private Path state() {
        return directory.resolve("node");
    }

    @Test
    void enrolsWithATokenAndLaterStartsFromItsFiles() throws IOException {
        String serial;
        try (NodeIdentity identity = begin(pki)) {
            serial = identity.current().serialNumber();
        }
        assertThat(Files.getPosixFilePermissions(state().resolve("key.pem")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(Files.readString(state().resolve("key.pem"))).startsWith("-----BEGIN PRIVATE KEY-----");
        assertThat(Files.readString(state().resolve("trust.pem"))).isEqualTo(Pem.encode(List.of(authority.root())));
        assertThat(Pem.certificates(Files.readString(state().resolve("chain.pem")), "chain"))
                .hasSize(2)
                .doesNotContain(authority.root());
        Files.delete(token);
        try (NodeIdentity again = begin(pki)) {
            assertThat(again.current().serialNumber()).isEqualTo(serial);
        }
        assertThat(pki.issued()).hasSize(1);
        assertThat(pki.requests).contains("PUT /api/v1/nodes/self/status as edge-1");
    }

    @Test
    void refusesToStartWithoutCertificateAndToken() throws IOException {
        Files.delete(token);
        assertThatThrownBy(() -> begin(pki).close())
                .isInstanceOf(IdentityException.class)
                .hasMessageContaining("the node has no certificate yet; put a one-time token of the PKI into " + token);
    }

    @Test
    void aServerWithAnotherRootNeverSeesTheToken() {
        TestAuthority other = new TestAuthority("Other", START);
        try (TestPki wrong = pki(other, "spiffe://sallyport.internal/pki/pki-1")) {
            assertThatThrownBy(() -> begin(wrong).close())
                    .isInstanceOf(IdentityException.class)
                    .hasMessageContaining("that the token holds: it names others");
            assertThat(wrong.requests).containsExactly("GET /api/v1/pki/trust-bundles/default");
        }
    }

    @Test
    void aServerOfAnotherRoleNeverSeesTheToken() {
        try (TestPki wrong = pki(authority, "spiffe://sallyport.internal/regional/regional-1")) {
            assertThatThrownBy(() -> begin(wrong).close())
                    .isInstanceOf(IdentityException.class)
                    .hasMessageContaining("wrong-role");
            assertThat(wrong.requests).containsExactly("GET /api/v1/pki/trust-bundles/default");
        }
    }

    @Test
    void renewsFromAThirdOfTheLifetimeOnWithANewKey() {
        try (NodeIdentity identity = begin(pki)) {
            Credentials first = identity.current();
            List<Credentials> heard = new ArrayList<>();
            identity.onChange(heard::add);
            now.set(START.plus(LIFE.dividedBy(3)).minusSeconds(600));
            identity.tick();
            assertThat(identity.current()).isEqualTo(first);
            now.set(START.plus(LIFE.dividedBy(12).multipliedBy(5)));
            identity.tick();
            assertThat(identity.current().serialNumber()).isNotEqualTo(first.serialNumber());
            assertThat(identity.current().leaf().getPublicKey())
                    .isNotEqualTo(first.leaf().getPublicKey());
            assertThat(heard).containsExactly(identity.current());
            assertThat(new NodeState(state()).load()).contains(identity.current());
            assertThat(pki.requests).contains("POST /api/v1/renewals as edge-1");
        }
    }

    @Test
    void keepsWhatItHasWhileThePkiIsDownAndRenewsAfterwards() {
        try (NodeIdentity identity = begin(pki)) {
            Credentials first = identity.current();
            pki.down.set(true);
            now.set(START.plus(LIFE.dividedBy(2)));
            identity.tick();
            assertThat(identity.current()).isEqualTo(first);
            assertThat(identity.lastError())
                    .hasValueSatisfying(error -> assertThat(error).contains("503"));
            pki.down.set(false);
            now.set(now.get().plus(RenewalSchedule.retryAfter(1)));
            identity.tick();
            assertThat(identity.current().serialNumber()).isNotEqualTo(first.serialNumber());
            assertThat(identity.lastError()).isEmpty();
        }
    }

    @Test
    void anExpiredCertificateIsReplacedAtTheStartWithANewToken() {
        begin(pki).close();
        now.set(START.plus(LIFE).plusSeconds(60));
        try (NodeIdentity identity = begin(pki)) {
            assertThat(identity.current().notAfter()).isAfter(now.get());
        }
        assertThat(pki.issued()).hasSize(2);
    }

    @Test
    void aChangeThatWasInterruptedIsFinishedAtTheNextStart() throws IOException {
        begin(pki).close();
        Path former = Files.copy(state().resolve("key.pem"), directory.resolve("former.pem"));
        Credentials next = authority.issue(leaf(authority));
        new NodeState(state()).store(next);
        Files.move(state().resolve("key.pem"), state().resolve("key.pem.next"));
        Files.copy(former, state().resolve("key.pem"));
        try (NodeIdentity identity = begin(pki)) {
            assertThat(identity.current().serialNumber()).isEqualTo(next.serialNumber());
        }
        assertThat(state().resolve("key.pem.next")).doesNotExist();
    }

    @Test
    void aRevocationListCountsFromTheNextPollOnAndNeverGoesBack() {
        Credentials peer = authority.issue(authority.edge("edge-2"));
        try (NodeIdentity identity = begin(pki)) {
            assertThat(status(identity, peer)).isEqualTo(Status.GOOD);
            Instant nextUpdate = START.plus(Duration.ofDays(10));
            pki.revocationList.set(authority.revocationList(2, nextUpdate, peer.leaf()));
            now.set(START.plusSeconds(10));
            identity.tick();
            assertThat(status(identity, peer)).isEqualTo(Status.REVOKED);
            pki.revocationList.set(authority.revocationList(1, nextUpdate));
            now.set(START.plusSeconds(20));
            identity.tick();
            assertThat(status(identity, peer)).isEqualTo(Status.REVOKED);
            assertThat(identity.lastError()).hasValue("CRL number must not go back: 1 after 2");
        }
    }

    @Test
    void aRestartDuringAnOutageKnowsTheLatestRevocationList() {
        Credentials peer = authority.issue(authority.edge("edge-2"));
        pki.revocationList.set(authority.revocationList(7, START.plus(Duration.ofDays(2)), peer.leaf()));
        begin(pki).close();
        pki.down.set(true);
        try (NodeIdentity again = begin(pki)) {
            assertThat(status(again, peer)).isEqualTo(Status.REVOKED);
            now.set(START.plus(Duration.ofDays(2)).plus(Duration.ofHours(2)));
            assertThat(status(again, authority.issue(authority.edge("edge-3")))).isEqualTo(Status.OUTDATED);
        }
    }

    @Test
    void aLostAnswerIsAskedForAgainWithTheSameRequest() throws IOException {
        pki.answerLost.set(true);
        assertThatThrownBy(() -> begin(pki).close()).isInstanceOf(IdentityException.class);
        pki.answerLost.set(false);
        begin(pki).close();
        assertThat(pki.issued()).hasSize(2);
        assertThat(pki.issued().getFirst().getPublicKey())
                .isEqualTo(pki.issued().getLast().getPublicKey());
        assertThat(state().resolve("request-key.pem")).doesNotExist();
    }

    @Test
    void filesOfAnotherNodeAreRefused() {
        TestAuthority.write(authority.issue(authority.edge("edge-7")), state());
        assertThatThrownBy(() -> begin(pki).close())
                .isInstanceOf(IdentityException.class)
                .hasMessage("certificate must hold the name spiffe://sallyport.internal/edge/edge-1:"
                        + " it holds spiffe://sallyport.internal/edge/edge-7");
    }

    @Test
    void itReportsWhatItServesOnceItIsServedAndEveryHour() {
        try (NodeIdentity identity = begin(pki)) {
            String first = StatusReport.serial(identity.current().leaf().getSerialNumber());
            assertThat(first).hasSize(40);
            assertThat(pki.reports)
                    .containsExactly("{\"serial\":\"" + first + "\",\"notAfter\":\""
                            + identity.current().notAfter()
                            + "\",\"trustBundleSequence\":1,\"crlNumbers\":{\"1\":1},\"version\":\"unknown\"}");
            List<Integer> reportsAtSwap = new ArrayList<>();
            identity.onChange(next -> reportsAtSwap.add(pki.reports.size()));
            now.set(START.plus(LIFE.dividedBy(12).multipliedBy(5)));
            identity.tick();
            assertThat(reportsAtSwap).containsExactly(1);
            assertThat(pki.reports).hasSize(2);
            assertThat(pki.reports.getLast())
                    .contains(StatusReport.serial(identity.current().leaf().getSerialNumber()));
            now.set(now.get().plusSeconds(3599));
            identity.tick();
            assertThat(pki.reports).hasSize(2);
            now.set(now.get().plusSeconds(1));
            identity.tick();
            assertThat(pki.reports).hasSize(3);
        }
    }

    @Test
    void itFollowsTheTrustBundleAsLongAsItsOwnChainLeadsThere() {
        TestAuthority next = new TestAuthority("Next", START);
        try (NodeIdentity identity = begin(pki)) {
            List<Credentials> heard = new ArrayList<>();
            identity.onChange(heard::add);
            pki.bundle.set(new TestPki.Bundle(2, List.of(authority.root(), next.root())));
            now.set(START.plusSeconds(60));
            identity.tick();
            assertThat(identity.current().roots()).containsExactlyInAnyOrder(authority.root(), next.root());
            assertThat(heard).containsExactly(identity.current());
            assertThat(new NodeState(state()).load()).contains(identity.current());
            pki.bundle.set(new TestPki.Bundle(3, List.of(next.root())));
            now.set(START.plusSeconds(120));
            identity.tick();
            assertThat(identity.current().roots()).contains(authority.root());
            assertThat(identity.problems()).containsOnlyKeys(IdentityProblem.TRUST_BUNDLE);
            pki.bundle.set(new TestPki.Bundle(1, List.of(authority.root())));
            now.set(START.plusSeconds(180));
            identity.tick();
            assertThat(identity.problems().get(IdentityProblem.TRUST_BUNDLE)).contains("must not go back: 1 after 2");
            pki.bundle.set(new TestPki.Bundle(4, List.of(authority.root())));
            now.set(START.plusSeconds(240));
            identity.tick();
            assertThat(identity.current().roots()).containsExactly(authority.root());
            assertThat(identity.problems()).isEmpty();
        }
    }

    @Test
    void aClockThatGoesBackDoesNotStopThePoll() {
        try (NodeIdentity identity = begin(pki)) {
            now.set(START.minus(Duration.ofMinutes(4)));
            long polls = pki.requests.stream()
                    .filter(call -> call.contains("issuers/1.crl"))
                    .count();
            identity.tick();
            assertThat(pki.requests.stream().filter(call -> call.contains("issuers/1.crl")))
                    .hasSize((int) polls + 1);
        }
    }

    @Test
    void newsOfARevocationIsFetchedAtOnceAndSilenceIsNoNews() throws Exception {
        Credentials peer = authority.issue(authority.edge("edge-2"));
        BlockingQueue<RevocationSnapshot> heard = new LinkedBlockingQueue<>();
        try (NodeIdentity identity = NodeIdentity.start(settings(pki), now::get)) {
            identity.onRevocation(heard::add);
            await(() -> pki.waiting() == 1);
            pki.announce(false);
            await(() -> pki.requests.stream()
                            .filter(call -> call.contains("after=7"))
                            .count()
                    == 2);
            pki.revocationList.set(authority.revocationList(2, START.plus(Duration.ofDays(10)), peer.leaf()));
            long before = System.nanoTime();
            pki.announce(true);
            assertThat(heard.poll(20, TimeUnit.SECONDS)).isNotNull();
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
            assertThat(status(identity, peer)).isEqualTo(Status.REVOKED);
            await(() -> pki.requests.stream().anyMatch(call -> call.contains("after=8")));
            assertThat(pki.requests).contains("GET /api/v1/revocations?wait=PT25S as edge-1");
        }
    }

    @Test
    void aNodeThatIgnoresAnnouncementsStillPolls() {
        Credentials peer = authority.issue(authority.edge("edge-2"));
        NodeSettings settings = new NodeSettings(
                "edge-1",
                Role.EDGE,
                "sallyport.internal",
                new Source.Pki(pki.url(), token, state(), Announcements.IGNORE),
                Duration.ofHours(1));
        try (NodeIdentity identity = NodeIdentity.start(settings, now::get)) {
            pki.revocationList.set(authority.revocationList(2, START.plus(Duration.ofDays(10)), peer.leaf()));
            now.set(START.plusSeconds(10));
            identity.tick();
            assertThat(status(identity, peer)).isEqualTo(Status.REVOKED);
            assertThat(pki.requests).noneMatch(call -> call.contains("/revocations?"));
        }
    }

    @Test
    void retriesOfTheLongPollGrowFromASecondToHalfAMinuteWithJitter() {
        RandomGenerator random = new java.util.Random(1);
        for (int failures = 1; failures < 40; failures++) {
            Duration whole = Duration.ofSeconds(Math.min(30, 1L << Math.min(failures - 1, 6)));
            assertThat(RevocationAnnouncements.backOff(failures, random)).isBetween(whole.dividedBy(2), whole);
        }
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private Status status(NodeIdentity identity, Credentials peer) {
        BigInteger serial = peer.leaf().getSerialNumber();
        return identity.revocation().status(serial, authority.issuing().getPublicKey(), now.get());
    }
}
