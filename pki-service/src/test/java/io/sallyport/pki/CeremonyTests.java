package io.sallyport.pki;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.pki.ca.KeyFile;
import io.sallyport.pki.ca.Pem;
import io.sallyport.pki.ca.SerialNumber;
import io.sallyport.pki.ca.StateFiles;
import io.sallyport.pki.ca.ceremony.CeremonyCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CeremonyTests {
    private static int run(Path out, String... arguments) {
        String[] all = new String[arguments.length + 1];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = "--out=" + out;
        return CeremonyCommand.run(all);
    }

    @Test
    void theStepsMakeAHierarchyThatOpensslVerifies(@TempDir Path out) throws Exception {
        assertThat(run(out, "root")).isZero();
        assertThat(run(out, "issuing", "--dns-suffix=cdn.example", "--ip-range=10.0.0.0/8"))
                .isZero();
        assertThat(run(out, "admin", "--name=alice")).isZero();
        assertThat(run(out, "customer", "--dns=www.example,localhost", "--ip=127.0.0.1"))
                .isZero();
        assertThat(run(out, "crl")).isZero();
        for (String key : new String[] {"root/root-key.pem", "issuing/issuing-key.pem", "admin/key.pem"}) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(out.resolve(key))))
                    .isEqualTo("rw-------");
        }
        X509Certificate root = first(out, "root/root.pem");
        X509Certificate issuing = first(out, "issuing/chain.pem");
        assertThat(root.getSigAlgName()).isEqualTo("SHA384withECDSA");
        assertThat(issuing.getBasicConstraints()).isZero();
        assertThat(issuing.getIssuerX500Principal().getEncoded())
                .isEqualTo(root.getSubjectX500Principal().getEncoded());
        assertThat(Duration.between(
                        root.getNotBefore().toInstant(), root.getNotAfter().toInstant()))
                .isGreaterThan(Duration.ofDays(3650));
        assertThat(openssl(out, "root/root.pem", "issuing/chain.pem", "admin/chain.pem"))
                .isZero();
        assertThat(openssl(out, "customer/customer-ca.pem", "customer/chain.pem", "customer/chain.pem"))
                .isZero();
        assertThat(openssl(out, "root/root.pem", "customer/chain.pem", "customer/chain.pem"))
                .isNotZero();
        assertThat(Files.readAllLines(out.resolve("transcript.txt"))).hasSize(6);
    }

    @Test
    void rootAndIssuingAreNeverOverwrittenAndMistakesAreTold(@TempDir Path out) {
        assertThat(run(out, "issuing")).isEqualTo(1);
        assertThat(run(out, "root")).isZero();
        assertThat(run(out, "issuing", "--trust-domain=UPPER")).isEqualTo(1);
        assertThat(run(out, "issuing")).isZero();
        X509Certificate root = first(out, "root/root.pem");
        X509Certificate issuing = first(out, "issuing/chain.pem");
        assertThat(run(out, "root")).isZero();
        assertThat(run(out, "issuing")).isZero();
        assertThat(first(out, "root/root.pem")).isEqualTo(root);
        assertThat(first(out, "issuing/chain.pem")).isEqualTo(issuing);
        assertThat(first(out, "issuing-2/chain.pem").getIssuerX500Principal())
                .isEqualTo(first(out, "root-2/root.pem").getSubjectX500Principal());
        assertThat(run(out, "admin")).isZero();
        assertThat(Pem.certificates(StateFiles.readText(out.resolve("admin/trust.pem"))))
                .containsExactly(root, first(out, "root-2/root.pem"));
        assertThat(run(out, "crl", "--revoke=" + out.resolve("issuing/issuing.pem")))
                .isZero();
        assertThat(run(out, "crl", "--revoke=" + out.resolve("admin/chain.pem")))
                .isEqualTo(1);
        assertThat(run(out, "admin", "--trust-domain=other.example")).isEqualTo(1);
        assertThat(run(out, "admin", "--nonsense")).isEqualTo(2);
        assertThat(CeremonyCommand.run("root")).isEqualTo(2);
        assertThat(CeremonyCommand.run(new String[0])).isEqualTo(2);
        assertThat(CeremonyCommand.run("--help")).isZero();
        assertThat(CeremonyCommand.run("issuing", "--help")).isZero();
    }

    @Tag("full")
    @Test
    void keysMayBeEncrypted(@TempDir Path out) throws Exception {
        Path phrase = Files.writeString(out.resolve("phrase"), "correct horse\n");
        Path wrong = Files.writeString(out.resolve("wrong"), "battery staple\n");
        assertThat(run(out, "root", "--passphrase-file=" + phrase)).isZero();
        assertThat(StateFiles.readText(out.resolve("root/root-key.pem"))).contains("ENCRYPTED PRIVATE KEY");
        assertThat(run(out, "issuing")).isEqualTo(1);
        assertThat(run(out, "issuing", "--root-passphrase-file=" + wrong)).isEqualTo(1);
        assertThat(run(out, "issuing", "--root-passphrase-file=" + phrase, "--passphrase-file=" + phrase))
                .isZero();
        assertThat(run(out, "admin", "--issuing-passphrase-file=" + phrase)).isZero();
        assertThat(KeyFile.read(out.resolve("issuing/issuing-key.pem"), phrase).getAlgorithm())
                .isEqualTo("EC");
        try (Service service = Service.start(out, "issuing-passphrase-file=" + phrase)) {
            assertThat(service.enrolled("edge-1", "edge").chain()).hasSize(2);
        }
    }

    @Test
    void serialsHaveFortyDigitsAndMayHaveColons() {
        SecureRandom random = new SecureRandom();
        for (int i = 0; i < 1000; i++) {
            SerialNumber serial = SerialNumber.random(random);
            assertThat(SerialNumber.of(serial.value())).contains(serial);
            assertThat(SerialNumber.parse(serial.hex().replaceAll("(..)(?=.)", "$1:")))
                    .contains(serial);
        }
        assertThat(SerialNumber.parse("12345")).isEmpty();
    }

    private static X509Certificate first(Path out, String file) {
        return Pem.certificates(StateFiles.readText(out.resolve(file))).getFirst();
    }

    private static int openssl(Path out, String root, String untrusted, String leaf) throws Exception {
        return new ProcessBuilder(
                        "openssl",
                        "verify",
                        "-x509_strict",
                        "-CAfile",
                        out.resolve(root).toString(),
                        "-untrusted",
                        out.resolve(untrusted).toString(),
                        out.resolve(leaf).toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }
}
