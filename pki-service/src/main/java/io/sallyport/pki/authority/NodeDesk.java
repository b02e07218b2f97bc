package io.sallyport.pki.authority;

import io.sallyport.pki.ca.RevocationReason;
import io.sallyport.pki.ca.Role;
import io.sallyport.pki.ca.SerialNumber;
import io.sallyport.pki.ledger.CertificateRecord;
import io.sallyport.pki.ledger.NodeReport;
import io.sallyport.pki.ledger.NodeStatus;
import io.sallyport.pki.ledger.RegisteredNode;
import io.sallyport.pki.policy.Refusal.Cause;
import io.sallyport.pki.policy.RefusedException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what nodes report, and has them get certificates or not. */
public final class NodeDesk {
    private static final Logger log = LoggerFactory.getLogger(NodeDesk.class);

    private final Ledger ledger;
    private final RenewalDesk renewals;
    private final RevocationDesk revocations;
    private final InstantSource time;

    /** A desk over a ledger. */
    public NodeDesk(Ledger ledger, RenewalDesk renewals, RevocationDesk revocations, InstantSource time) {
        this.ledger = ledger;
        this.renewals = renewals;
        this.revocations = revocations;
        this.time = time;
    }

    /**
     * A node's own words.
     *
     * @param serial the certificate that it serves
     * @param notAfter its end
     * @param trustBundleSequence the trust bundle that it goes by
     * @param crlNumbers the list that it goes by for each issuer
     * @param version of its software
     */
    public record Said(
            SerialNumber serial,
            @Nullable Instant notAfter,
            @Nullable Long trustBundleSequence,
            Map<String, Long> crlNumbers,
            @Nullable String version) {
        public Said {
            crlNumbers = Map.copyOf(crlNumbers);
        }
    }

    /** Keeps a report; the certificate that it names must be the caller's, and what it renewed is superseded. */
    public void report(Caller caller, Said said) {
        CertificateRecord served = ledger.certificates()
                .find(said.serial())
                .filter(found -> found.issuance().nodeId().equals(caller.name())
                        && found.issuance().role() == caller.role())
                .orElseThrow(() -> new RefusedException(
                        Cause.SERIAL_NOT_OWN, "the serial is that of no certificate of " + caller.name()));
        if (served.usableAt(time.instant())) {
            renewals.inUse(new Caller(served));
        }
        NodeReport report = new NodeReport(
                said.serial(),
                said.notAfter(),
                said.trustBundleSequence(),
                said.crlNumbers(),
                said.version(),
                time.instant());
        ledger.transactions().executeWithoutResult(_ -> ledger.nodes().report(caller.name(), report));
    }

    /** Gives a node no certificates until it is resumed; what it has goes on to count. */
    public RegisteredNode suspend(String id) {
        return move(id, NodeStatus.SUSPENDED);
    }

    /** Gives a suspended node certificates again. */
    public RegisteredNode resume(String id) {
        return move(id, NodeStatus.ACTIVE);
    }

    private RegisteredNode move(String id, NodeStatus to) {
        RegisteredNode node = governed(id);
        if (node.status() == NodeStatus.DECOMMISSIONED) {
            throw new RefusedException(Cause.NODE_DECOMMISSIONED, "a decommissioned node never comes back");
        }
        if (ledger.nodes().move(id, to, time.instant())) {
            log.info("event=node-{} node={}", to.word(), id);
        }
        return governed(id);
    }

    /** Revokes all that a node has, in one transaction, and gives it nothing any more. */
    public RegisteredNode decommission(String id, RevocationReason reason) {
        governed(id);
        var revoked = revocations.revokeNode(
                id, reason, () -> ledger.nodes().move(id, NodeStatus.DECOMMISSIONED, time.instant()));
        log.info(
                "event=node-decommissioned node={} revoked={}",
                id,
                revoked.certificates().size());
        return governed(id);
    }

    private RegisteredNode governed(String id) {
        RegisteredNode node = ledger.nodes()
                .registered(id)
                .orElseThrow(() -> new RefusedException(Cause.NOT_FOUND, "no node has this id"));
        if (node.node().role() == Role.PKI) {
            throw new RefusedException(Cause.FORBIDDEN, "the PKI needs its own certificate");
        }
        return node;
    }
}
