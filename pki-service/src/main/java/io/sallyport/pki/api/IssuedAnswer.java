package io.sallyport.pki.api;

import io.sallyport.pki.authority.Issuers;
import io.sallyport.pki.ca.Der;
import io.sallyport.pki.ca.Issuer;
import io.sallyport.pki.ca.Pem;
import io.sallyport.pki.ledger.CertificateRecord;
import java.net.URI;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** The answer that gives a node its certificate: the chain without the root. */
final class IssuedAnswer {
    /** RFC 8555, section 9.1. */
    static final MediaType CHAIN = MediaType.parseMediaType("application/pem-certificate-chain");

    private IssuedAnswer() {}

    static ResponseEntity<byte[]> of(CertificateRecord certificate, Issuers issuers) {
        Der der = certificate.der();
        if (der == null) {
            throw new IllegalStateException("no certificate to answer with: " + certificate.serial());
        }
        String issuerId = certificate.issuance().issuerId();
        Issuer issuer = issuers.find(issuerId)
                .orElseThrow(() -> new IllegalStateException("no issuing CA " + issuerId + " for its certificate"));
        String chain = Pem.encode(Pem.CERTIFICATE, der.bytes()) + Pem.encode(issuer.chain());
        return ResponseEntity.created(URI.create("/api/v1/certificates/" + certificate.serial()))
                .contentType(CHAIN)
                .header("Cache-Control", "no-store")
                .body(Pem.ascii(chain));
    }
}
