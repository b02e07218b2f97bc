package io.sallyport.pki;

import io.sallyport.pki.ca.Pem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Programs that are not ours, asked about certificates and lists.
 *
 * @param directory for their files
 * @param roots what they trust
 * @param lists all revocation lists in DER
 */
record Verifiers(Path directory, List<X509Certificate> roots, List<byte[]> lists) {
    /** What a program has said. */
    record Said(int code, String text) {}

    static Said run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("no end of " + String.join(" ", command));
        }
        return new Said(process.exitValue(), text);
    }

    /** Whether a program is on this machine. */
    static boolean isThere(String program) {
        return List.of(System.getenv("PATH").split(":")).stream()
                .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private Path listFile() throws IOException {
        StringBuilder text = new StringBuilder();
        lists.forEach(list -> text.append(Pem.encode("X509 CRL", list)));
        return file("lists.pem", text.toString());
    }

    /** {@code openssl verify} over the whole chain, each certificate against its issuer's list. */
    Said openssl(List<X509Certificate> chain) throws IOException, InterruptedException {
        return run(
                "openssl",
                "verify",
                "-x509_strict",
                "-crl_check_all",
                "-CAfile",
                file("roots.pem", Pem.encode(roots)).toString(),
                "-untrusted",
                file("above.pem", Pem.encode(chain.subList(1, chain.size()))).toString(),
                "-CRLfile",
                listFile().toString(),
                file("leaf.pem", Pem.encode(chain.subList(0, 1))).toString());
    }

    /** {@code certtool --verify} with the same files. */
    Said certtool(List<X509Certificate> chain) throws IOException, InterruptedException {
        return run(
                "certtool",
                "--verify",
                "--load-ca-certificate",
                file("roots.pem", Pem.encode(roots)).toString(),
                "--load-crl",
                listFile().toString(),
                "--infile",
                file("chain.pem", Pem.encode(chain)).toString());
    }

    /** The lints of RFC 5280 that a certificate or a list, in PEM, does not pass. */
    List<String> zlint(String pem) throws IOException, InterruptedException {
        Said said =
                run("zlint", "-includeSources", "RFC5280", file("lint.pem", pem).toString());
        List<String> failed = new ArrayList<>();
        int[] asked = new int[1];
        Service.JSON.readTree(said.text()).propertyStream().forEach(lint -> {
            String result = lint.getValue().get("result").asString();
            asked[0] += result.equals("pass") ? 1 : 0;
            if (List.of("error", "warn", "fatal").contains(result)) {
                failed.add(lint.getKey() + " " + result);
            }
        });
        if (asked[0] == 0) {
            throw new IllegalStateException("zlint has judged nothing: " + said.text());
        }
        return failed;
    }

    /** Java's PKIX validation with revocation; "OK" or its complaint. */
    String jdk(List<X509Certificate> chain) throws GeneralSecurityException {
        Set<TrustAnchor> anchors = new HashSet<>();
        roots.forEach(root -> anchors.add(new TrustAnchor(root, null)));
        List<X509CRL> crls = new ArrayList<>();
        for (byte[] list : lists) {
            crls.add((X509CRL) CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(list)));
        }
        PKIXParameters parameters = new PKIXParameters(anchors);
        parameters.setRevocationEnabled(true);
        parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(crls)));
        try {
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(chain), parameters);
            return "OK";
        } catch (GeneralSecurityException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
