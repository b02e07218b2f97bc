package io.sallyport.pki.policy;

import java.util.List;
import java.util.Map;

/**
 * A request that is not granted, and why.
 *
 * @param cause the stable name of the cause
 * @param detail one sentence for the one who asked
 * @param violations each item that cannot be honoured
 * @param members further members of the problem document
 */
public record Refusal(Cause cause, String detail, List<Violation> violations, Map<String, String> members) {
    public Refusal {
        violations = List.copyOf(violations);
        members = Map.copyOf(members);
    }

    /** A refusal for some items. */
    public Refusal(Cause cause, String detail, List<Violation> violations) {
        this(cause, detail, violations, Map.of());
    }

    /** A refusal of the whole request. */
    public Refusal(Cause cause, String detail) {
        this(cause, detail, List.of(), Map.of());
    }

    /**
     * One item that cannot be honoured.
     *
     * @param item the item as the request has it
     * @param detail what is expected instead
     */
    public record Violation(String item, String detail) {}

    /** Every cause for a refusal; its word never changes. */
    public enum Cause {
        /** The body is not what its media type says. */
        REQUEST_UNREADABLE("request-unreadable"),
        /** The proof of possession fails. */
        CSR_SIGNATURE_INVALID("csr-signature-invalid"),
        /** The key is of a kind or size that is not certified. */
        WEAK_KEY("weak-key"),
        /** The key is known from somebody else or was revoked. */
        KEY_REUSED("key-reused"),
        /** A name that the node does not own. */
        NAME_NOT_PERMITTED("name-not-permitted"),
        /** An extension or attribute that the profile does not have. */
        ITEM_NOT_PERMITTED("item-not-permitted"),
        /** An end date outside the profile. */
        LIFETIME_NOT_PERMITTED("lifetime-not-permitted"),
        /** The node is registered in another role. */
        ROLE_NOT_PERMITTED("role-not-permitted"),
        /** A reason that a leaf cannot be revoked for. */
        REASON_NOT_PERMITTED("reason-not-permitted"),
        /** No token, or one that is unknown, used, expired or malformed. */
        TOKEN_INVALID("token-invalid"),
        /** No certificate, or one that no longer counts. */
        CERTIFICATE_REQUIRED("certificate-required"),
        /** A certificate of another role or node. */
        FORBIDDEN("forbidden"),
        /** There is no such thing. */
        NOT_FOUND("not-found"),
        /** The same Idempotency-Key came with another request. */
        IDEMPOTENCY_CONFLICT("idempotency-conflict"),
        /** The issuing CA is about to end. */
        ISSUER_EXPIRING("issuer-expiring"),
        /** The CA's key does not sign. */
        SIGNER_UNAVAILABLE("signer-unavailable"),
        /** The ledger cannot be read or written. */
        LEDGER_UNAVAILABLE("ledger-unavailable"),
        /** The same request is being served at this moment. */
        IN_PROGRESS("in-progress"),
        /** The body is too large. */
        REQUEST_TOO_LARGE("request-too-large"),
        /** A dry run has to come first, or what it showed has changed since. */
        SET_CHANGED("set-changed"),
        /** The node gets no certificates for the time being. */
        NODE_SUSPENDED("node-suspended"),
        /** The node is gone for good. */
        NODE_DECOMMISSIONED("node-decommissioned"),
        /** A report about a certificate that is not the caller's. */
        SERIAL_NOT_OWN("serial-not-own"),
        /** The issuing CA is the active one. */
        ISSUER_ACTIVE("issuer-active"),
        /** The issuing CA was retired. */
        ISSUER_RETIRED("issuer-retired"),
        /** Nodes do not yet trust the root of the issuing CA. */
        NODES_NOT_READY("nodes-not-ready"),
        /** As many wait for news as may. */
        TOO_MANY_WAITERS("too-many-waiters"),
        /** The media type of the body is not one that is read here. */
        MEDIA_TYPE_NOT_SUPPORTED("media-type-not-supported"),
        /** The path has other methods. */
        METHOD_NOT_ALLOWED("method-not-allowed"),
        /** A fault of the service. */
        INTERNAL("internal-error");

        private final String word;

        Cause(String word) {
            this.word = word;
        }

        /** The stable name. */
        public String word() {
            return word;
        }
    }
}
