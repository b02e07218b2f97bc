package io.sallyport.pki.ledger;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A one-time token as the ledger knows it: never itself, only its hash.
 *
 * @param sha256 the hash of the secret part
 * @param nodeId the only node that it enrols
 * @param expiresAt its end
 * @param consumedSpki the hash of the key that used it, null while nobody has
 * @param serial the certificate of the last use
 */
public record EnrollmentToken(
        String sha256,
        String nodeId,
        Instant expiresAt,
        @Nullable String consumedSpki,
        @Nullable String serial) {}
