package io.sallyport.gateway.tls;

import io.sallyport.identity.node.NodeIdentity;
import io.sallyport.identity.peer.PeerConnections;
import io.sallyport.identity.revocation.RevocationList;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * The actuator endpoint {@code identity}: who the node is, what it shows and trusts, what comes next, who is connected. A
 * POST has it renew now.
 */
@Endpoint(id = "identity")
final class IdentityEndpoint {
    private final NodeIdentity identity;
    private final PeerConnections peers;
    private final PeerCertificates certificates;
    private final Supplier<Optional<CustomerCertificates>> customers;

    IdentityEndpoint(
            NodeIdentity identity,
            PeerConnections peers,
            PeerCertificates certificates,
            Supplier<Optional<CustomerCertificates>> customers) {
        this.identity = identity;
        this.peers = peers;
        this.certificates = certificates;
        this.customers = customers;
    }

    /**
     * What the endpoint shows.
     *
     * @param nextRenewal null where another program renews
     * @param problems what fails now, with the reason
     * @param peerConnections living connections by the peer's node name
     * @param peerCertificates what these peers have shown
     */
    record Report(
            String node,
            String role,
            String trustDomain,
            List<CertificateView> chain,
            List<CertificateView> trust,
            List<ListView> revocationLists,
            List<CertificateView> customerCertificates,
            @Nullable Instant nextRenewal,
            @Nullable String lastError,
            Map<String, String> problems,
            Map<String, Integer> peerConnections,
            Map<String, List<CertificateView>> peerCertificates) {}

    /** A certificate. */
    record CertificateView(
            String subject, List<String> subjectAltNames, String serial, Instant notBefore, Instant notAfter) {
        static CertificateView of(X509Certificate certificate) {
            return new CertificateView(
                    certificate.getSubjectX500Principal().getName(),
                    names(certificate),
                    CertificateInventory.hex(certificate.getSerialNumber()),
                    certificate.getNotBefore().toInstant(),
                    certificate.getNotAfter().toInstant());
        }

        private static List<String> names(X509Certificate certificate) {
            try {
                @Nullable Collection<List<?>> names = certificate.getSubjectAlternativeNames();
                return names == null
                        ? List.of()
                        : names.stream()
                                .map(name -> String.valueOf(name.get(1)))
                                .toList();
            } catch (CertificateParsingException e) {
                return List.of();
            }
        }
    }

    /** A revocation list. */
    record ListView(String issuerKey, String number, int entries, Instant thisUpdate, Instant nextUpdate) {
        static ListView of(RevocationList list) {
            return new ListView(
                    CertificateInventory.fingerprint(list.issuerKey()),
                    list.number().toString(),
                    list.serials().size(),
                    list.thisUpdate(),
                    list.nextUpdate());
        }
    }

    @ReadOperation
    Report report() {
        Map<String, String> problems = new TreeMap<>();
        identity.problems().forEach((problem, message) -> problems.put(problem.tag(), message));
        return new Report(
                identity.settings().id(),
                identity.settings().role().segment(),
                identity.settings().trustDomain(),
                views(identity.current().chain()),
                views(identity.current().roots()),
                identity.revocation().lists().stream().map(ListView::of).toList(),
                views(customers.get().map(CustomerCertificates::leaves).orElse(List.of())),
                identity.nextRenewal().orElse(null),
                identity.lastError().orElse(null),
                problems,
                peers.byNode(),
                peerCertificates());
    }

    private Map<String, List<CertificateView>> peerCertificates() {
        Map<String, List<CertificateView>> shown = new TreeMap<>();
        certificates.byNode().forEach((node, all) -> shown.put(node, views(all)));
        return shown;
    }

    /**
     * Whether a renewal was begun.
     *
     * @param renewing false where another program renews
     */
    record Renewal(boolean renewing) {}

    @WriteOperation
    Renewal renew() {
        return new Renewal(identity.renewSoon());
    }

    private static List<CertificateView> views(List<X509Certificate> certificates) {
        return certificates.stream().map(CertificateView::of).toList();
    }
}
