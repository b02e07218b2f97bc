package io.sallyport.pki.authority;

import io.sallyport.pki.authority.CallerRefusedException.Reason;
import io.sallyport.pki.ca.Der;
import io.sallyport.pki.ca.Pem;
import io.sallyport.pki.ca.Role;
import io.sallyport.pki.ca.SerialNumber;
import io.sallyport.pki.ledger.CertificateRecord;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Judges client certificates: the chain to the root and its name constraints, the time, extendedKeyUsage, the role in
 * the URI, and the ledger, which knows every certificate that counts. Where the ledger cannot be asked, nobody is let
 * in.
 */
public final class CallerJudge {
    private static final Logger log = LoggerFactory.getLogger(CallerJudge.class);
    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
    private static final int URI_NAME = 6;

    private final Ledger ledger;
    private final Issuers issuers;
    private final CeremonyImport ceremonyImport;
    private final String trustDomain;
    private final InstantSource time;

    /** A judge for one trust domain. */
    public CallerJudge(
            Ledger ledger, Issuers issuers, CeremonyImport ceremonyImport, String trustDomain, InstantSource time) {
        this.ledger = ledger;
        this.issuers = issuers;
        this.ceremonyImport = ceremonyImport;
        this.trustDomain = trustDomain;
        this.time = time;
    }

    /** Judges a certificate in a handshake. */
    public Caller judge(X509Certificate certificate, Predicate<Role> welcome) throws CallerRefusedException {
        checkTime(certificate);
        checkChain(certificate);
        checkPurpose(certificate);
        Caller caller = recorded(certificate);
        String uri = caller.role().uri(trustDomain, caller.name()).toString();
        if (!welcome.test(caller.role()) || !uris(certificate).equals(List.of(uri))) {
            throw new CallerRefusedException(
                    Reason.WRONG_ROLE, "the role " + caller.role().word() + " is not let in");
        }
        return caller;
    }

    /** Judges again, for each request on a connection, what may have changed since the handshake. */
    public Caller recorded(X509Certificate certificate) throws CallerRefusedException {
        checkTime(certificate);
        SerialNumber serial = SerialNumber.of(certificate.getSerialNumber())
                .orElseThrow(() -> new CallerRefusedException(Reason.UNKNOWN, "the serial is none of this PKI"));
        CertificateRecord found;
        try {
            found = ledger.certificates().find(serial).orElse(null);
            if (found == null) {
                ceremonyImport.run();
                found = ledger.certificates().find(serial).orElse(null);
            }
        } catch (DataAccessException | TransactionException e) {
            log.error("ledger unavailable, caller refused serial={} cause={}", serial, e.getMessage());
            throw new CallerRefusedException(Reason.UNKNOWN, "the ledger cannot be asked");
        }
        if (found == null || !Objects.equals(found.der(), Der.of(Pem.encoded(certificate)))) {
            throw new CallerRefusedException(Reason.UNKNOWN, "the ledger does not know the certificate " + serial);
        }
        if (!found.usableAt(time.instant())) {
            throw new CallerRefusedException(
                    Reason.REVOKED,
                    "the certificate " + serial + " is " + found.status().word());
        }
        return new Caller(found);
    }

    private void checkTime(X509Certificate certificate) throws CallerRefusedException {
        Instant now = time.instant();
        if (now.isAfter(certificate.getNotAfter().toInstant())) {
            throw new CallerRefusedException(Reason.EXPIRED, "the certificate has expired");
        }
        if (now.isBefore(certificate.getNotBefore().toInstant())) {
            throw new CallerRefusedException(Reason.NOT_YET_VALID, "the certificate is not yet valid");
        }
    }

    private void checkChain(X509Certificate certificate) throws CallerRefusedException {
        List<X509Certificate> path = new ArrayList<>();
        path.add(certificate);
        path.addAll(issuers.issuerOfOrNew(certificate)
                .orElseThrow(
                        () -> new CallerRefusedException(Reason.UNTRUSTED, "no issuing CA of this PKI has signed it"))
                .chain());
        Set<TrustAnchor> anchors = new HashSet<>();
        issuers.roots().forEach(root -> anchors.add(new TrustAnchor(root, null)));
        try {
            PKIXParameters parameters = new PKIXParameters(anchors);
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(time.instant()));
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
        } catch (GeneralSecurityException e) {
            throw new CallerRefusedException(Reason.UNTRUSTED, "no chain to the root: " + e.getMessage());
        }
    }

    private static void checkPurpose(X509Certificate certificate) throws CallerRefusedException {
        List<String> purposes;
        try {
            purposes = certificate.getExtendedKeyUsage();
        } catch (GeneralSecurityException e) {
            purposes = null;
        }
        if (purposes == null || !purposes.contains(CLIENT_AUTH)) {
            throw new CallerRefusedException(Reason.WRONG_ROLE, "extendedKeyUsage has no clientAuth");
        }
    }

    private static List<String> uris(X509Certificate certificate) {
        List<String> uris = new ArrayList<>();
        try {
            var names = certificate.getSubjectAlternativeNames();
            if (names != null) {
                for (List<?> name : names) {
                    if (name.get(0) instanceof Integer type && type == URI_NAME) {
                        uris.add(String.valueOf(name.get(1)));
                    }
                }
            }
        } catch (GeneralSecurityException e) {
            return List.of();
        }
        return uris;
    }
}
