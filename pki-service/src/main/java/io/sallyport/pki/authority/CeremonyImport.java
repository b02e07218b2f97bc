package io.sallyport.pki.authority;

import io.sallyport.pki.ca.Der;
import io.sallyport.pki.ca.HierarchyFiles;
import io.sallyport.pki.ca.Issuer;
import io.sallyport.pki.ca.Pem;
import io.sallyport.pki.ca.Role;
import io.sallyport.pki.ca.SerialNumber;
import io.sallyport.pki.ca.StateFiles;
import io.sallyport.pki.ca.UnusableFileException;
import io.sallyport.pki.ca.Validity;
import io.sallyport.pki.ledger.CertificateRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the certificates of admins that the ceremony has signed into the ledger, so that no certificate of the issuing
 * CA is unknown to it. They lie in the directory {@code issued} of the CA that signed them.
 */
public final class CeremonyImport {
    private static final Logger log = LoggerFactory.getLogger(CeremonyImport.class);
    private static final int URI_NAME = 6;

    private final Path state;
    private final Ledger ledger;
    private final Issuers issuers;
    private final String trustDomain;
    private final InstantSource time;
    private final ReentrantLock lock = new ReentrantLock();

    /** An import from a state directory. */
    public CeremonyImport(Path state, Ledger ledger, Issuers issuers, String trustDomain, InstantSource time) {
        this.state = state;
        this.ledger = ledger;
        this.issuers = issuers;
        this.trustDomain = trustDomain;
        this.time = time;
    }

    /** Looks for certificates that the ledger does not know; what is none of an admin of this PKI is left alone. */
    public void run() {
        lock.lock();
        try {
            HierarchyFiles.issuingDirectories(state).forEach(ca -> takeAll(ca.resolve("issued")));
        } finally {
            lock.unlock();
        }
    }

    private void takeAll(Path directory) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> files = Files.list(directory)) {
            files.filter(file -> file.toString().endsWith(".pem")).forEach(this::take);
        } catch (IOException e) {
            log.warn("ceremony import failed directory={} cause={}", directory, e.getMessage());
        }
    }

    private void take(Path file) {
        try {
            X509Certificate certificate =
                    Pem.certificates(StateFiles.readText(file)).getFirst();
            SerialNumber serial = SerialNumber.of(certificate.getSerialNumber())
                    .orElseThrow(() -> new IllegalArgumentException("its serial is none of this PKI"));
            if (ledger.certificates().find(serial).isPresent()) {
                return;
            }
            Issuer issuer = issuers.issuerOf(certificate)
                    .orElseThrow(() -> new IllegalArgumentException("no issuing CA of this PKI has signed it"));
            String uri = uri(certificate);
            String prefix = Role.ADMIN.uri(trustDomain, "").toString();
            if (!uri.startsWith(prefix)) {
                throw new IllegalArgumentException("it is not an admin's: " + uri);
            }
            ledger.certificates()
                    .add(
                            issuance(certificate, issuer, serial, uri.substring(prefix.length()), uri),
                            Der.of(Pem.encoded(certificate)));
            log.info("admin certificate of the ceremony recorded serial={} uri={}", serial, uri);
        } catch (GeneralSecurityException | IllegalArgumentException | UnusableFileException e) {
            log.warn("ceremony import skipped file={} cause={}", file, e.getMessage());
        }
    }

    private CertificateRecord.Issuance issuance(
            X509Certificate certificate, Issuer issuer, SerialNumber serial, String name, String uri)
            throws GeneralSecurityException {
        return new CertificateRecord.Issuance(
                serial,
                issuer.id(),
                name,
                Role.ADMIN,
                1,
                Der.sha256(certificate.getPublicKey().getEncoded()),
                null,
                Der.of(certificate.getTBSCertificate()),
                List.of("URI:" + uri),
                new Validity(
                        certificate.getNotBefore().toInstant(),
                        certificate.getNotAfter().toInstant()),
                time.instant(),
                null);
    }

    private static String uri(X509Certificate certificate) throws GeneralSecurityException {
        var names = certificate.getSubjectAlternativeNames();
        if (names != null && names.size() == 1) {
            List<?> name = names.iterator().next();
            if (name.get(0) instanceof Integer type && type == URI_NAME) {
                return String.valueOf(name.get(1));
            }
        }
        return "";
    }
}
