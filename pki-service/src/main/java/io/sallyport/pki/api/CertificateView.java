package io.sallyport.pki.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sallyport.pki.ca.Der;
import io.sallyport.pki.ca.Pem;
import io.sallyport.pki.ledger.CertificateRecord;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A certificate in JSON.
 *
 * @param serial 40 hexadecimal digits
 * @param nodeId whose it is
 * @param role its role
 * @param status where it stands at this moment
 * @param subjectAltNames its names as {@code DNS:…}, {@code IP:…}, {@code URI:…}
 * @param notBefore its begin
 * @param notAfter its end
 * @param issuer the issuer's id
 * @param revokedAt when it was revoked
 * @param reason why it was revoked
 * @param pem the certificate, once it is issued
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record CertificateView(
        String serial,
        String nodeId,
        String role,
        String status,
        List<String> subjectAltNames,
        Instant notBefore,
        Instant notAfter,
        String issuer,
        @Nullable Instant revokedAt,
        @Nullable String reason,
        @Nullable String pem) {

    static CertificateView of(CertificateRecord certificate, Instant now) {
        var issuance = certificate.issuance();
        Der der = certificate.der();
        return new CertificateView(
                certificate.serial().hex(),
                issuance.nodeId(),
                issuance.role().word(),
                certificate.statusAt(now).word(),
                issuance.names(),
                issuance.validity().notBefore(),
                issuance.validity().notAfter(),
                issuance.issuerId(),
                certificate.revokedAt(),
                certificate.reason(),
                der == null ? null : Pem.encode(Pem.CERTIFICATE, der.bytes()));
    }
}
