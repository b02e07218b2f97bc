package io.sallyport.identity.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sallyport.identity.Credentials;
import io.sallyport.identity.IdentityException;
import io.sallyport.identity.Pem;
import io.sallyport.identity.Role;
import io.sallyport.identity.TestAuthority;
import io.sallyport.identity.node.NodeSettings.Source;
import io.sallyport.identity.revocation.RevocationSnapshot.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Key, chain, trust and list in files that another program writes: what is taken while the gate runs, and what is not. */
class KeyFileScenarios {
    private static final Instant START = Instant.parse("2026-11-25T12:00:00Z");
    private static final Instant LATER = START.plus(Duration.ofDays(5));

    @TempDir
    Path directory;

    private final AtomicReference<Instant> now = new AtomicReference<>(START);
    private final TestAuthority authority = new TestAuthority("Sallyport", START);
    private final TestAuthority other = new TestAuthority("Other", START);
    private final Credentials first = authority.issue(authority.edge("edge-1"));
    private final Credentials peer = authority.issue(authority.edge("edge-2"));
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private NodeIdentity identity;

    @BeforeEach
    void start() throws IOException {
        log.start();
        logger().addAppender(log);
        write(first);
        Files.write(crl(), authority.revocationList(5, LATER, peer.leaf()));
        identity = begin();
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(NodeIdentity.class);
    }

    @AfterEach
    void close() {
        logger().detachAppender(log);
        identity.close();
    }

    private NodeIdentity begin() {
        return NodeIdentity.begin(
                new NodeSettings(
                        "edge-1",
                        Role.EDGE,
                        "sallyport.internal",
                        new Source.Files(key(), chain(), trust(), crl()),
                        Duration.ofHours(1)),
                now::get);
    }

    private Path key() {
        return directory.resolve("key.pem");
    }

    private Path chain() {
        return directory.resolve("chain.pem");
    }

    private Path trust() {
        return directory.resolve("trust.pem");
    }

    private Path crl() {
        return directory.resolve("crl.der");
    }

    private void write(Credentials credentials) throws IOException {
        Files.writeString(key(), Pem.encode(credentials.key()));
        Files.writeString(chain(), Pem.encode(credentials.chain()));
        Files.writeString(trust(), Pem.encode(credentials.roots()));
    }

    /** Two looks: one sees that something has changed, the next that it has settled. */
    private void look() {
        identity.tick();
        identity.tick();
    }

    private void refused(IdentityProblem problem, String reason) {
        log.list.clear();
        look();
        assertThat(identity.current()).isEqualTo(first);
        assertThat(identity.problems()).containsOnlyKeys(problem);
        assertThat(identity.problems().get(problem)).contains(reason);
        assertThat(identity.failures(problem)).isEqualTo(1);
        look();
        assertThat(identity.failures(problem)).as("told once").isEqualTo(1);
        assertThat(log.list)
                .singleElement()
                .asString()
                .contains("[WARN]", "event=material-refused file=", reason, "serves=" + first.serialNumber());
    }

    @Test
    void newMaterialIsTakenOnceItHasSettled() throws IOException {
        Credentials next = authority.issue(authority.edge("edge-1"));
        write(next);
        identity.tick();
        assertThat(identity.current()).isEqualTo(first);
        identity.tick();
        assertThat(identity.current()).isEqualTo(next);
        assertThat(identity.problems()).isEmpty();
    }

    @Test
    void aKeyThatArrivesBeforeItsCertificateIsRefusedUntilBothAreThere() throws IOException {
        Credentials next = authority.issue(authority.edge("edge-1"));
        Files.writeString(key(), Pem.encode(next.key()));
        refused(IdentityProblem.KEY_FILE, "private key must belong to the certificate");
        Files.writeString(chain(), Pem.encode(next.chain()));
        look();
        assertThat(identity.current()).isEqualTo(next);
        assertThat(identity.problems()).isEmpty();
    }

    @Test
    void aSwapOfASymbolicLinkIsSeen() throws IOException {
        Path mount = Files.createDirectories(directory.resolve("mount"));
        Path one = TestAuthority.write(first, mount.resolve("..1"));
        Credentials next = authority.issue(authority.edge("edge-1"));
        Path two = TestAuthority.write(next, mount.resolve("..2"));
        Path data = Files.createSymbolicLink(mount.resolve("..data"), one);
        for (String name : List.of("key.pem", "chain.pem", "trust.pem")) {
            Files.createSymbolicLink(mount.resolve(name), Path.of("..data", name));
        }
        Source.Files files = new Source.Files(
                mount.resolve("key.pem"), mount.resolve("chain.pem"), mount.resolve("trust.pem"), null);
        try (NodeIdentity mounted = NodeIdentity.begin(
                new NodeSettings("edge-1", Role.EDGE, "sallyport.internal", files, Duration.ofHours(1)), now::get)) {
            Path swap = Files.createSymbolicLink(mount.resolve("..data_tmp"), two);
            Files.move(swap, data, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
            mounted.tick();
            mounted.tick();
            assertThat(mounted.current()).isEqualTo(next);
        }
    }

    @Test
    void aRootBehindTheChainIsLeftOut() throws IOException {
        Credentials next = authority.issue(authority.edge("edge-1"));
        write(next);
        Files.writeString(chain(), Pem.encode(next.chain()) + Pem.encode(next.roots()));
        look();
        assertThat(identity.current()).isEqualTo(next);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 400, 900})
    void halfAChainIsRefused(int bytes) throws IOException {
        Files.writeString(chain(), Pem.encode(first.chain()).substring(0, bytes));
        refused(IdentityProblem.CHAIN_FILE, chain() + " must hold whole PEM blocks");
    }

    @Test
    void halfAKeyIsRefused() throws IOException {
        Files.writeString(key(), Pem.encode(first.key()).substring(0, 120));
        refused(IdentityProblem.KEY_FILE, key() + " must hold whole PEM blocks");
    }

    @Test
    void aChainThatEndsBetweenTwoCertificatesIsRefused() throws IOException {
        Files.writeString(chain(), Pem.encode(List.of(first.leaf())));
        refused(IdentityProblem.CHAIN_FILE, "chain must lead to a root in " + trust());
    }

    @Test
    void anExpiredChainIsRefused() throws IOException {
        write(authority.issue(authority.edge("edge-1").valid(START.minusSeconds(7200), START.minusSeconds(3600))));
        refused(IdentityProblem.CHAIN_FILE, "certificate must be valid: it has expired at");
    }

    @Test
    void aChainThatIsNotYetValidIsRefused() throws IOException {
        write(authority.issue(authority.edge("edge-1").valid(START.plusSeconds(3600), START.plusSeconds(7200))));
        refused(IdentityProblem.CHAIN_FILE, "certificate must be valid: it is not before");
    }

    @Test
    void anotherNodesCertificateIsRefused() throws IOException {
        write(authority.issue(authority.edge("edge-7")));
        refused(IdentityProblem.CHAIN_FILE, "it holds spiffe://sallyport.internal/edge/edge-7");
    }

    @Test
    void anotherRolesCertificateIsRefused() throws IOException {
        write(authority.issue(authority.regional("edge-1")));
        refused(IdentityProblem.CHAIN_FILE, "it holds spiffe://sallyport.internal/regional/edge-1");
    }

    @Test
    void anEmptyBundleIsRefused() throws IOException {
        Files.writeString(trust(), "");
        refused(IdentityProblem.TRUST_FILE, trust() + " must hold PEM certificates: there are none");
    }

    @Test
    void aBundleWithoutOurRootIsRefused() throws IOException {
        Files.writeString(trust(), Pem.encode(List.of(other.root())));
        refused(IdentityProblem.CHAIN_FILE, "chain must lead to a root in " + trust());
    }

    @Test
    void derInsteadOfPemIsRefused() throws Exception {
        Files.write(chain(), first.leaf().getEncoded());
        refused(IdentityProblem.CHAIN_FILE, chain() + " must hold PEM certificates: there are none");
    }

    @Test
    void aDirectoryInsteadOfAFileIsRefused() throws IOException {
        Files.delete(key());
        Files.createDirectory(key());
        refused(IdentityProblem.KEY_FILE, key() + " must be a file: it is a directory");
    }

    @Test
    void aFileThatMayNotBeReadIsRefused() throws IOException {
        // The superuser may read everything, so that a link to itself stands for what cannot be opened.
        Files.delete(chain());
        Files.createSymbolicLink(chain(), chain().getFileName());
        refused(IdentityProblem.CHAIN_FILE, chain() + " must be a readable file");
    }

    @Test
    void aFileWithoutPermissionIsRefused() throws IOException {
        Files.setPosixFilePermissions(chain(), java.util.Set.of());
        if (Files.isReadable(chain())) {
            look();
            assertThat(identity.problems()).isEmpty();
        } else {
            refused(IdentityProblem.CHAIN_FILE, chain() + " must be a readable file: AccessDeniedException");
        }
    }

    @Test
    void anEncryptedKeyIsRefused() throws IOException {
        Files.writeString(key(), Pem.encode("ENCRYPTED PRIVATE KEY", new byte[40]));
        refused(IdentityProblem.KEY_FILE, key() + " must hold one unencrypted private key in PEM: it holds 0");
    }

    @Test
    void aNewListCountsAndABrokenOneLeavesTheFormer() throws IOException {
        X509Certificate third = authority.issue(authority.edge("edge-3")).leaf();
        Files.write(crl(), authority.revocationList(6, LATER, peer.leaf(), third));
        look();
        assertThat(status(third)).isEqualTo(Status.REVOKED);
        byte[] good = authority.revocationList(7, LATER);
        listRefused(Arrays.copyOf(good, good.length / 2), "must be");
        listRefused(other.revocationList(8, LATER), "must be signed by an issuer in chain or trust");
        listRefused(authority.revocationList(4, LATER), "CRL number must not go back: 4 after 6");
        listRefused(new byte[0], "must be DER: 0 bytes that are not");
        assertThat(status(third)).isEqualTo(Status.REVOKED);
        Files.writeString(crl(), Pem.encode("X509 CRL", good));
        look();
        assertThat(status(third)).isEqualTo(Status.GOOD);
        assertThat(identity.problems()).isEmpty();
    }

    @Test
    void aListThatCannotBeReadLeavesTheFormer() throws IOException {
        Files.delete(crl());
        listRefused(crl() + " must be a readable file: NoSuchFileException");
        Files.createDirectory(crl());
        listRefused(crl() + " must be a file: it is a directory");
        Files.delete(crl());
        Files.createSymbolicLink(crl(), crl().getFileName());
        listRefused(crl() + " must be a readable file");
        assertThat(status(peer.leaf())).isEqualTo(Status.REVOKED);
    }

    private void listRefused(byte[] content, String reason) throws IOException {
        Files.write(crl(), content);
        listRefused(reason);
    }

    private void listRefused(String reason) {
        log.list.clear();
        long before = identity.failures(IdentityProblem.CRL_FILE);
        look();
        look();
        assertThat(identity.problems()).containsOnlyKeys(IdentityProblem.CRL_FILE);
        assertThat(identity.problems().get(IdentityProblem.CRL_FILE)).contains(reason);
        assertThat(identity.failures(IdentityProblem.CRL_FILE)).isEqualTo(before + 1);
        assertThat(log.list)
                .singleElement()
                .asString()
                .contains("[WARN]", "event=material-refused file=" + crl(), reason);
    }

    private Status status(X509Certificate certificate) {
        return identity.revocation()
                .status(certificate.getSerialNumber(), authority.issuing().getPublicKey(), now.get());
    }

    @Test
    void aStartWithBadFilesSaysWhichOne() throws IOException {
        Files.writeString(trust(), Pem.encode(List.of(other.root())));
        assertThatThrownBy(() -> begin().close())
                .isInstanceOf(IdentityException.class)
                .hasMessageContaining("must lead to a root in " + trust());
        Files.writeString(trust(), Pem.encode(first.roots()));
        Files.writeString(key(), Pem.encode(peer.key()));
        assertThatThrownBy(() -> begin().close())
                .isInstanceOf(IdentityException.class)
                .hasMessageContaining(key().toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "openssl ecparam -name prime256v1 -genkey -out",
                "openssl ecparam -name secp384r1 -genkey -noout -out",
                "openssl genrsa -traditional -out",
                "openssl genrsa -out",
                "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out"
            })
    void keysInTheFormsThatOpensslWritesAreRead(String command) throws Exception {
        Path file = directory.resolve("made.pem");
        Process made = new ProcessBuilder((command + " " + file).split(" "))
                .redirectErrorStream(true)
                .start();
        String said = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(made.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(made.exitValue()).as(said).isZero();
        PrivateKey key = Pem.privateKey(Files.readString(file), file.toString());
        assertThat(key.getAlgorithm()).isEqualTo(command.contains("rsa") ? "RSA" : "EC");
    }
}
