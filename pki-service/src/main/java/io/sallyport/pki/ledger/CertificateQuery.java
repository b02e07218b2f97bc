package io.sallyport.pki.ledger;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which certificates to list; null leaves a condition out.
 *
 * @param nodeId of this node
 * @param status in this status
 * @param expiresBefore ending before this moment
 * @param after recorded after this place in the order
 * @param limit at most so many
 */
public record CertificateQuery(
        @Nullable String nodeId,
        @Nullable CertificateStatus status,
        @Nullable Instant expiresBefore,
        long after,
        int limit) {}
