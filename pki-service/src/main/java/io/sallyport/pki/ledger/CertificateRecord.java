package io.sallyport.pki.ledger;

import io.sallyport.pki.ca.Der;
import io.sallyport.pki.ca.Role;
import io.sallyport.pki.ca.SerialNumber;
import io.sallyport.pki.ca.Validity;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A certificate in the ledger.
 *
 * @param sequence its place in the order of recording
 * @param issuance what was recorded before it was signed
 * @param status as recorded; {@link #statusAt} knows the time too
 * @param der the certificate, null until it is issued
 * @param revokedAt when it was revoked, if it was
 * @param reason why it was revoked, as RFC 5280 names it
 */
public record CertificateRecord(
        long sequence,
        Issuance issuance,
        CertificateStatus status,
        @Nullable Der der,
        @Nullable Instant revokedAt,
        @Nullable String reason) {

    /**
     * What is recorded before a signature is made.
     *
     * @param serial its serial
     * @param issuerId names the issuer by its key
     * @param nodeId whose it is
     * @param role the profile
     * @param profileVersion the version of the profile that judged it
     * @param spkiSha256 the hash of the key
     * @param csrSha256 the hash of the request, null where there was none
     * @param toBeSigned what the CA is to sign
     * @param names the names in it, as labels
     * @param validity its time
     * @param recordedAt when
     * @param predecessor the certificate that it renews
     */
    public record Issuance(
            SerialNumber serial,
            String issuerId,
            String nodeId,
            Role role,
            int profileVersion,
            String spkiSha256,
            @Nullable String csrSha256,
            Der toBeSigned,
            List<String> names,
            Validity validity,
            Instant recordedAt,
            @Nullable SerialNumber predecessor) {
        public Issuance {
            names = List.copyOf(names);
        }
    }

    /** The serial. */
    public SerialNumber serial() {
        return issuance.serial();
    }

    /** The status at a moment: one that was in order and has ended is expired. */
    public CertificateStatus statusAt(Instant now) {
        return switch (status) {
            case ISSUED, SUPERSEDED -> now.isAfter(issuance.validity().notAfter()) ? CertificateStatus.EXPIRED : status;
            case PENDING, REVOKED, SUSPECT, EXPIRED -> status;
        };
    }

    /** Whether its holder may use it at a moment. */
    public boolean usableAt(Instant now) {
        return switch (statusAt(now)) {
            case ISSUED, SUPERSEDED -> true;
            case PENDING, REVOKED, SUSPECT, EXPIRED -> false;
        };
    }
}
