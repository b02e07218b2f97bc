package io.sallyport.pki.authority;

import io.sallyport.pki.ca.SerialNumber;
import io.sallyport.pki.ledger.Node;
import io.sallyport.pki.policy.Requested;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One wish for a certificate, by somebody who may wish it.
 *
 * @param node for whom
 * @param requested what is asked for
 * @param csrSha256 the hash of the certification request; null where the service asks for itself
 * @param notAfter the end asked for, null for the profile's
 * @param tokenSha256 the token that pays for it, null where a certificate did
 * @param predecessor the certificate that it renews
 * @param idempotency the caller's key for retries
 */
public record Application(
        Node node,
        Requested requested,
        @Nullable String csrSha256,
        @Nullable Instant notAfter,
        @Nullable String tokenSha256,
        @Nullable SerialNumber predecessor,
        @Nullable Idempotency idempotency) {
    /**
     * An Idempotency-Key.
     *
     * @param caller whose key it is
     * @param key the key
     * @param requestSha256 the hash of all that came under it
     */
    public record Idempotency(String caller, String key, String requestSha256) {}

    String spkiSha256() {
        return requested.key().spki().sha256();
    }
}
