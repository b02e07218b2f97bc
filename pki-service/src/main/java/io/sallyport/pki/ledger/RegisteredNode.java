package io.sallyport.pki.ledger;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A node with what the ledger knows of it.
 *
 * @param node the node
 * @param createdAt when it was registered
 * @param status whether it gets certificates
 * @param statusSince since when, null where it has been so from the beginning
 * @param report its last report
 */
public record RegisteredNode(
        Node node,
        Instant createdAt,
        NodeStatus status,
        @Nullable Instant statusSince,
        @Nullable NodeReport report) {}
