package io.sallyport.identity.revocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.identity.IdentityException;
import io.sallyport.identity.Pem;
import io.sallyport.identity.TestAuthority;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Beside the JDK's reader of the same lists, and openssl's lists of all kinds. */
class RevocationListReaderTests {
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");

    private final TestAuthority authority = new TestAuthority("Sallyport", NOW);

    @Test
    void itReadsWhatTheJdkReads() throws Exception {
        for (int entries : new int[] {0, 1, 2, 127, 128, 1000}) {
            byte[] der = authority.longRevocationList(1L << (entries % 40), NOW.plus(Duration.ofDays(1)), entries);
            same(RevocationList.parse(der, authority.issuing()), der);
        }
        byte[] late = authority.revocationList(7, Instant.parse("2061-01-01T00:00:00Z"));
        same(RevocationList.parse(late, authority.issuing()), late);
    }

    private static void same(RevocationList read, byte[] der) throws Exception {
        X509CRL expected = (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
        Set<? extends X509CRLEntry> entries = expected.getRevokedCertificates();
        assertThat(read.serials().size()).isEqualTo(entries == null ? 0 : entries.size());
        if (entries != null) {
            assertThat(entries).extracting(X509CRLEntry::getSerialNumber).allMatch(read.serials()::contains);
        }
        assertThat(read.thisUpdate()).isEqualTo(expected.getThisUpdate().toInstant());
        assertThat(read.nextUpdate()).isEqualTo(expected.getNextUpdate().toInstant());
        byte[] number = expected.getExtensionValue("2.5.29.20");
        assertThat(read.number()).isEqualTo(new BigInteger(Arrays.copyOfRange(number, 4, number.length)));
    }

    /** Whatever is done to a list, it is refused, and by nothing else than a refusal. */
    @Test
    void aListThatWasChangedAnywhereIsRefused() {
        change(300);
    }

    @Test
    @Tag("full")
    void aListThatWasChangedOftenIsRefused() {
        change(2000);
    }

    private void change(int rounds) {
        long seed = Long.getLong("seed", 20261125);
        Random random = new Random(seed);
        byte[] good = authority.longRevocationList(5, NOW.plus(Duration.ofDays(1)), 20);
        for (int round = 0; round < rounds; round++) {
            byte[] bad = round % 3 == 0 ? Arrays.copyOf(good, random.nextInt(good.length)) : good.clone();
            if (round % 3 != 0) {
                bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            }
            assertThatThrownBy(() -> RevocationList.parse(bad, authority.issuing()))
                    .as("seed %d, round %d", seed, round)
                    .isInstanceOf(IdentityException.class);
        }
    }

    @Tag("full")
    @ParameterizedTest
    @CsvSource({
        "ec, -sha256, ''",
        "ec, -sha384, ''",
        "rsa, -sha256, ''",
        "rsa, -sha256, -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32"
    })
    void whatOpensslSignsIsRead(String kind, String digest, String options, @TempDir Path directory) throws Exception {
        Path key = directory.resolve("key.pem");
        openssl(
                directory,
                kind.equals("ec")
                        ? "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem"
                        : "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem");
        assertThat(key).exists();
        Files.writeString(directory.resolve("index.txt"), "R\t271124120000Z\t261124120000Z\t0A0B0C\tunknown\t/CN=x\n");
        Files.writeString(directory.resolve("crlnumber"), "1F\n");
        Files.writeString(directory.resolve("ca.cnf"), """
                [ca]
                default_ca = here
                [here]
                database = index.txt
                crlnumber = crlnumber
                default_md = sha256
                default_crl_days = 1
                crl_extensions = list
                [list]
                authorityKeyIdentifier = keyid
                """);
        openssl(directory, "req -x509 -new -key key.pem -days 2 -subj /CN=ca -out ca.pem");
        openssl(
                directory,
                ("ca -config ca.cnf -gencrl -keyfile key.pem -cert ca.pem -md " + digest.substring(1) + " " + options
                                + " -out list.pem")
                        .strip());
        X509Certificate issuer = Pem.certificates(Files.readString(directory.resolve("ca.pem")), "ca.pem")
                .getFirst();
        byte[] der = Pem.ders(Files.readAllBytes(directory.resolve("list.pem")), "X509 CRL", "list.pem")
                .getFirst();
        RevocationList read = RevocationList.parse(der, issuer);
        same(read, der);
        assertThat(read.serials().size()).isOne();
        assertThat(read.serials().contains(new BigInteger("0A0B0C", 16))).isTrue();
        assertThat(read.number()).isEqualTo(BigInteger.valueOf(0x1f));
        assertThatThrownBy(() -> RevocationList.parse(der, authority.issuing()))
                .isInstanceOf(IdentityException.class)
                .hasMessageContaining("must be signed by");
    }

    private static void openssl(Path directory, String words) throws Exception {
        List<String> command = Arrays.asList(("openssl " + words).split(" +"));
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
    }
}
