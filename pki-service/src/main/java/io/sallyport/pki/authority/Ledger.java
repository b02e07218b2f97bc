package io.sallyport.pki.authority;

import io.sallyport.pki.ledger.Certificates;
import io.sallyport.pki.ledger.EnrollmentTokens;
import io.sallyport.pki.ledger.IdempotencyKeys;
import io.sallyport.pki.ledger.IssuerStatuses;
import io.sallyport.pki.ledger.Nodes;
import io.sallyport.pki.ledger.Revocations;
import io.sallyport.pki.ledger.TrustBundles;
import org.springframework.transaction.support.TransactionOperations;

/**
 * The tables and the transactions over them.
 *
 * @param nodes the nodes
 * @param tokens the one-time tokens
 * @param certificates the inventory
 * @param revocations the revocations and lists
 * @param issuers where the issuing CAs stand
 * @param trustBundles the sets of roots
 * @param idempotencyKeys the Idempotency-Keys
 * @param transactions runs several statements as one
 */
public record Ledger(
        Nodes nodes,
        EnrollmentTokens tokens,
        Certificates certificates,
        Revocations revocations,
        IssuerStatuses issuers,
        TrustBundles trustBundles,
        IdempotencyKeys idempotencyKeys,
        TransactionOperations transactions) {}
