package io.sallyport.pki.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sallyport.pki.authority.Ledger;
import io.sallyport.pki.authority.NodeDesk;
import io.sallyport.pki.ca.RevocationReason;
import io.sallyport.pki.ledger.NodeReport;
import io.sallyport.pki.ledger.RegisteredNode;
import io.sallyport.pki.policy.Refusal.Cause;
import io.sallyport.pki.policy.RefusedException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The registered nodes: what each last reported, and whether it gets certificates. */
@RestController
@RequestMapping("/api/v1/nodes")
final class NodesController {
    private static final int MAX_PAGE = 500;
    private static final int CERTIFICATES = 100;

    private final NodeDesk nodes;
    private final Ledger ledger;
    private final InstantSource time;

    NodesController(NodeDesk nodes, Ledger ledger, InstantSource time) {
        this.nodes = nodes;
        this.ledger = ledger;
        this.time = time;
    }

    /** A node's last report. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ReportView(
            String serial,
            @Nullable Instant notAfter,
            @Nullable Long trustBundleSequence,
            Map<String, Long> crlNumbers,
            @Nullable String version,
            Instant reportedAt) {
        static @Nullable ReportView of(@Nullable NodeReport report) {
            return report == null
                    ? null
                    : new ReportView(
                            report.serial().hex(),
                            report.notAfter(),
                            report.trustBundleSequence(),
                            new TreeMap<>(report.crlNumbers()),
                            report.version(),
                            report.reportedAt());
        }
    }

    /** A node. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record NodeView(
            String nodeId,
            String role,
            List<String> dnsNames,
            List<String> ipAddresses,
            String status,
            @Nullable Instant statusSince,
            Instant createdAt,
            @Nullable ReportView report,
            @Nullable List<CertificateView> certificates) {}

    /** A page of nodes. */
    record NodeList(List<NodeView> items, @Nullable String next) {
        NodeList {
            items = List.copyOf(items);
        }
    }

    @GetMapping
    NodeList list(
            @RequestParam(required = false) @Nullable String cursor, @RequestParam(defaultValue = "100") int limit) {
        if (limit < 1 || limit > MAX_PAGE) {
            throw new RefusedException(Cause.REQUEST_UNREADABLE, "limit must be 1 to " + MAX_PAGE);
        }
        List<RegisteredNode> found = ledger.nodes().list(Cursor.readText(cursor), limit + 1);
        List<RegisteredNode> page = found.subList(0, Math.min(limit, found.size()));
        return new NodeList(
                page.stream().map(node -> view(node, null)).toList(),
                found.size() > limit ? Cursor.writeText(page.getLast().node().id()) : null);
    }

    @GetMapping("/{id}")
    NodeView show(@PathVariable String id) {
        return whole(ledger.nodes()
                .registered(id)
                .orElseThrow(() -> new RefusedException(Cause.NOT_FOUND, "no node has this id")));
    }

    @PostMapping("/{id}/suspend")
    NodeView suspend(@PathVariable String id) {
        return whole(nodes.suspend(id));
    }

    @PostMapping("/{id}/resume")
    NodeView resume(@PathVariable String id) {
        return whole(nodes.resume(id));
    }

    /** Why a node goes. */
    record DecommissionRequest(@Nullable String reason) {}

    @PostMapping("/{id}/decommission")
    NodeView decommission(@PathVariable String id, @RequestBody(required = false) @Nullable DecommissionRequest wish) {
        String reason = wish == null ? null : wish.reason();
        return whole(nodes.decommission(
                id, BulkRevocationController.reason(reason, RevocationReason.CESSATION_OF_OPERATION)));
    }

    private NodeView whole(RegisteredNode node) {
        Instant now = time.instant();
        return view(
                node,
                ledger.certificates().ofNode(node.node().id(), CERTIFICATES).stream()
                        .map(one -> CertificateView.of(one, now))
                        .toList());
    }

    private static NodeView view(RegisteredNode node, @Nullable List<CertificateView> certificates) {
        return new NodeView(
                node.node().id(),
                node.node().role().word(),
                node.node().names().dnsNames(),
                node.node().names().ipAddresses(),
                node.status().word(),
                node.statusSince(),
                node.createdAt(),
                ReportView.of(node.report()),
                certificates);
    }
}
