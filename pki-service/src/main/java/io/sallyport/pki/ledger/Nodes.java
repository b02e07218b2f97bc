package io.sallyport.pki.ledger;

import io.sallyport.pki.ca.SerialNumber;
import io.sallyport.pki.ca.SubjectAltNames;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The tables of nodes and of their reports. */
public final class Nodes {
    private static final String SELECT = "select n.*, r.serial, r.not_after, r.bundle_sequence, r.crl_numbers,"
            + " r.version, r.reported_at from node n left join node_report r on r.node_id = n.node_id ";

    private final JdbcClient jdbc;

    /** Over a database. */
    public Nodes(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The node with the id. */
    public Optional<Node> find(String id) {
        return registered(id).map(RegisteredNode::node);
    }

    /** The node with the id, and what is known of it. */
    public Optional<RegisteredNode> registered(String id) {
        return jdbc.sql(SELECT + "where n.node_id = :id")
                .param("id", id)
                .query((row, _) -> registered(row))
                .optional();
    }

    /** A page of the nodes in the order of their ids, those after the given one. */
    public List<RegisteredNode> list(String after, int limit) {
        return jdbc.sql(SELECT + "where n.node_id > :after order by n.node_id limit :limit")
                .param("after", after)
                .param("limit", limit)
                .query((row, _) -> registered(row))
                .list();
    }

    private static RegisteredNode registered(ResultSet row) throws SQLException {
        String status = row.getString("status");
        return new RegisteredNode(
                new Node(
                        row.getString("node_id"),
                        Columns.role(row),
                        new SubjectAltNames(
                                Columns.words(row.getString("dns_names")),
                                Columns.words(row.getString("ip_addresses")),
                                List.of())),
                Columns.instantThere(row, "created_at"),
                NodeStatus.ofWord(status)
                        .orElseThrow(() -> new IllegalStateException("a status that does not exist: " + status)),
                Columns.instant(row, "status_since"),
                report(row));
    }

    private static @Nullable NodeReport report(ResultSet row) throws SQLException {
        String serial = row.getString("serial");
        if (serial == null) {
            return null;
        }
        long sequence = row.getLong("bundle_sequence");
        boolean known = !row.wasNull();
        return new NodeReport(
                new SerialNumber(serial),
                Columns.instant(row, "not_after"),
                known ? sequence : null,
                NodeReport.crlNumbers(row.getString("crl_numbers")),
                row.getString("version"),
                Columns.instantThere(row, "reported_at"));
    }

    /** Registers a node, or gives a registered one its new names. */
    public void save(Node node, Instant now) {
        int changed = jdbc.sql("update node set dns_names = :dns, ip_addresses = :ip where node_id = :id")
                .param("dns", Columns.words(node.names().dnsNames()))
                .param("ip", Columns.words(node.names().ipAddresses()))
                .param("id", node.id())
                .update();
        if (changed == 0) {
            jdbc.sql(
                            "insert into node (node_id, role, dns_names, ip_addresses, created_at) values (:id, :role, :dns, :ip, :now)")
                    .param("id", node.id())
                    .param("role", node.role().word())
                    .param("dns", Columns.words(node.names().dnsNames()))
                    .param("ip", Columns.words(node.names().ipAddresses()))
                    .param("now", Columns.time(now))
                    .update();
        }
    }

    /** Moves a node to another status; false where it is decommissioned, which is for good, or not known. */
    public boolean move(String id, NodeStatus to, Instant now) {
        return jdbc.sql("update node set status = :to, status_since = :now"
                                + " where node_id = :id and status <> 'decommissioned' and status <> :to")
                        .param("to", to.word())
                        .param("now", Columns.time(now))
                        .param("id", id)
                        .update()
                == 1;
    }

    /**
     * Whether a node gets certificates; the answer holds until the caller's transaction ends, since whoever wants to
     * change it waits.
     */
    public boolean holdActive(String id) {
        return jdbc.sql("update node set status = 'active' where node_id = :id and status = 'active'")
                        .param("id", id)
                        .update()
                == 1;
    }

    /** Keeps a node's report in the place of its last one. */
    public void report(String id, NodeReport report) {
        int changed = reportStatement(
                "update node_report set serial = :serial, not_after = :end, bundle_sequence = :bundle,"
                        + " crl_numbers = :lists, version = :version, reported_at = :now where node_id = :id",
                id,
                report);
        if (changed == 0) {
            reportStatement(
                    "insert into node_report (node_id, serial, not_after, bundle_sequence, crl_numbers, version,"
                            + " reported_at) values (:id, :serial, :end, :bundle, :lists, :version, :now)",
                    id,
                    report);
        }
    }

    private int reportStatement(String sql, String id, NodeReport report) {
        Instant end = report.notAfter();
        return jdbc.sql(sql)
                .param("id", id)
                .param("serial", report.serial().hex())
                .param("end", end == null ? null : Columns.time(end))
                .param("bundle", report.trustBundleSequence())
                .param("lists", report.crlNumbersColumn())
                .param("version", report.version())
                .param("now", Columns.time(report.reportedAt()))
                .update();
    }

    /** The gates with a usable certificate that have not yet reported a trust bundle as young as the given one. */
    public List<String> behindBundle(long sequence, Instant now) {
        return jdbc.sql("select distinct c.node_id from certificate c left join node_report r on r.node_id = c.node_id"
                        + " where c.status in ('issued', 'superseded') and c.not_after >= :now"
                        + " and c.role in ('edge', 'regional')"
                        + " and (r.bundle_sequence is null or r.bundle_sequence < :sequence) order by c.node_id")
                .param("now", Columns.time(now))
                .param("sequence", sequence)
                .query((row, _) -> row.getString("node_id"))
                .list();
    }
}
