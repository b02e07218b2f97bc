package io.sallyport.pki.authority;

import io.sallyport.pki.ca.Role;
import io.sallyport.pki.ca.SerialNumber;
import io.sallyport.pki.ledger.CertificateRecord;

/**
 * Who is at the other end of a connection, according to the ledger at this moment.
 *
 * @param certificate its certificate
 */
public record Caller(CertificateRecord certificate) {
    /** The node or the admin. */
    public String name() {
        return certificate.issuance().nodeId();
    }

    /** What it is. */
    public Role role() {
        return certificate.issuance().role();
    }

    /** The certificate's serial. */
    public SerialNumber serial() {
        return certificate.serial();
    }
}
