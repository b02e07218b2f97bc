package io.sallyport.pki.ledger;

import io.sallyport.pki.ca.Der;
import io.sallyport.pki.ca.SerialNumber;
import io.sallyport.pki.ca.Validity;
import io.sallyport.pki.ledger.CertificateRecord.Issuance;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The table of certificates, the inventory. */
public final class Certificates {
    private static final String SELECT =
            "select c.*, r.revoked_at, r.reason from certificate c" + " left join revocation r on r.serial = c.serial ";

    private final JdbcClient jdbc;

    /** Over a database. */
    public Certificates(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Records what is about to be signed, as PENDING. */
    public void open(Issuance issuance) {
        insert(issuance, CertificateStatus.PENDING, null);
    }

    /** Records a certificate that was signed elsewhere, by the ceremony. */
    public void add(Issuance issuance, Der der) {
        insert(issuance, CertificateStatus.ISSUED, der);
    }

    private void insert(Issuance issuance, CertificateStatus status, @Nullable Der der) {
        jdbc.sql("insert into certificate (serial, issuer_id, node_id, role, profile_version, spki_sha256, csr_sha256,"
                        + " tbs, der, names, status, not_before, not_after, recorded_at, predecessor) values (:serial,"
                        + " :issuer, :node, :role, :version, :spki, :csr, :tbs, :der, :names, :status, :start, :end,"
                        + " :now, :predecessor)")
                .param("serial", issuance.serial().hex())
                .param("issuer", issuance.issuerId())
                .param("node", issuance.nodeId())
                .param("role", issuance.role().word())
                .param("version", issuance.profileVersion())
                .param("spki", issuance.spkiSha256())
                .param("csr", issuance.csrSha256())
                .param("tbs", issuance.toBeSigned().bytes())
                .param("der", der == null ? null : der.bytes())
                .param("names", Columns.words(issuance.names()))
                .param("status", status.word())
                .param("start", Columns.time(issuance.validity().notBefore()))
                .param("end", Columns.time(issuance.validity().notAfter()))
                .param("now", Columns.time(issuance.recordedAt()))
                .param(
                        "predecessor",
                        issuance.predecessor() == null
                                ? null
                                : issuance.predecessor().hex())
                .update();
    }

    /** Records the signed certificate; false where it is no longer PENDING, and then it must not leave the house. */
    public boolean complete(SerialNumber serial, Der der) {
        return jdbc.sql(
                                "update certificate set status = 'issued', der = :der where serial = :serial and status = 'pending'")
                        .param("der", der.bytes())
                        .param("serial", serial.hex())
                        .update()
                == 1;
    }

    /** The certificate with the serial. */
    public Optional<CertificateRecord> find(SerialNumber serial) {
        return jdbc.sql(SELECT + "where c.serial = :serial")
                .param("serial", serial.hex())
                .query((row, _) -> record(row))
                .optional();
    }

    /** The last usable certificate for exactly this request of this node, recorded since a moment. */
    public Optional<CertificateRecord> findRetry(String nodeId, String role, String csrSha256, Instant since) {
        return jdbc.sql(SELECT + "where c.node_id = :node and c.role = :role and c.csr_sha256 = :csr"
                        + " and c.recorded_at >= :since and c.status = 'issued' order by c.sequence desc limit 1")
                .param("node", nodeId)
                .param("role", role)
                .param("csr", csrSha256)
                .param("since", Columns.time(since))
                .query((row, _) -> record(row))
                .optional();
    }

    /** Whether a key stands in a certificate of another node, or in one that was revoked. */
    public boolean keyIsTaken(String spkiSha256, String nodeId) {
        return jdbc.sql("select count(*) from certificate where spki_sha256 = :spki"
                                + " and (node_id <> :node or status = 'revoked')")
                        .param("spki", spkiSha256)
                        .param("node", nodeId)
                        .query(Long.class)
                        .single()
                > 0;
    }

    /** A page of the inventory in the order of recording. */
    public List<CertificateRecord> list(CertificateQuery query, Instant now) {
        StringBuilder sql = new StringBuilder(SELECT + "where c.sequence > :after");
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("after", query.after());
        parameters.put("limit", query.limit());
        if (query.nodeId() != null) {
            sql.append(" and c.node_id = :node");
            parameters.put("node", query.nodeId());
        }
        if (query.expiresBefore() != null) {
            sql.append(" and c.not_after < :before");
            parameters.put("before", Columns.time(query.expiresBefore()));
        }
        withStatus(query.status(), now, sql, parameters);
        sql.append(" order by c.sequence limit :limit");
        return jdbc.sql(sql.toString())
                .params(parameters)
                .query((row, _) -> record(row))
                .list();
    }

    private static void withStatus(
            @Nullable CertificateStatus status, Instant now, StringBuilder sql, Map<String, Object> parameters) {
        if (status != null) {
            parameters.put("now", Columns.time(now));
            switch (status) {
                case EXPIRED -> sql.append(" and c.status in ('issued', 'superseded') and c.not_after < :now");
                case ISSUED, SUPERSEDED -> sql.append(" and c.status = :status and c.not_after >= :now");
                case PENDING, REVOKED, SUSPECT -> sql.append(" and c.status = :status");
            }
            parameters.put("status", status.word());
        }
    }

    /** A page of what people look for, the youngest first. */
    public List<CertificateRecord> search(CertificateSearch search, Instant now) {
        StringBuilder sql = new StringBuilder(SELECT + "where c.sequence < :before");
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("before", search.before());
        parameters.put("limit", search.limit());
        if (!search.text().isEmpty()) {
            sql.append(" and (lower(c.node_id) like :part escape '!' or c.serial like :begin escape '!')");
            parameters.put("part", "%" + search.pattern() + "%");
            parameters.put("begin", search.pattern() + "%");
        }
        withStatus(search.status(), now, sql, parameters);
        sql.append(" order by c.sequence desc limit :limit");
        return jdbc.sql(sql.toString())
                .params(parameters)
                .query((row, _) -> record(row))
                .list();
    }

    /** How many certificates are in each status at a moment. */
    public Map<CertificateStatus, Long> count(Instant now) {
        Map<CertificateStatus, Long> counts = new EnumMap<>(CertificateStatus.class);
        for (CertificateStatus status : CertificateStatus.values()) {
            counts.put(status, 0L);
        }
        jdbc.sql("select case when status in ('issued', 'superseded') and not_after < :now then 'expired' else status"
                        + " end as state, count(*) as n from certificate group by state")
                .param("now", Columns.time(now))
                .query(row -> {
                    long n = row.getLong("n");
                    CertificateStatus.ofWord(row.getString("state")).ifPresent(status -> counts.put(status, n));
                });
        return counts;
    }

    /** Serials that are PENDING since before a moment. */
    public List<SerialNumber> pendingBefore(Instant moment) {
        return jdbc.sql("select serial from certificate where status = 'pending' and recorded_at < :moment")
                .param("moment", Columns.time(moment))
                .query((row, _) -> new SerialNumber(row.getString("serial")))
                .list();
    }

    /** Moves a certificate from one status to another; false where it was in a third. */
    public boolean move(SerialNumber serial, CertificateStatus from, CertificateStatus to) {
        return jdbc.sql("update certificate set status = :to where serial = :serial and status = :from")
                        .param("to", to.word())
                        .param("serial", serial.hex())
                        .param("from", from.word())
                        .update()
                == 1;
    }

    /** The certificates that renewed the given one. */
    public List<CertificateRecord> successors(SerialNumber serial) {
        return jdbc.sql(SELECT + "where c.predecessor = :serial")
                .param("serial", serial.hex())
                .query((row, _) -> record(row))
                .list();
    }

    /** The last certificates of a node, the youngest first. */
    public List<CertificateRecord> ofNode(String nodeId, int limit) {
        return jdbc.sql(SELECT + "where c.node_id = :node order by c.sequence desc limit :limit")
                .param("node", nodeId)
                .param("limit", limit)
                .query((row, _) -> record(row))
                .list();
    }

    /** The certificates of a node that can still be revoked at a moment. */
    public List<CertificateRecord> revocableOfNode(String nodeId, Instant now) {
        return revocable("c.node_id", nodeId, now);
    }

    /** The certificates for a key that can still be revoked at a moment. */
    public List<CertificateRecord> revocableOfKey(String spkiSha256, Instant now) {
        return revocable("c.spki_sha256", spkiSha256, now);
    }

    private List<CertificateRecord> revocable(String column, String value, Instant now) {
        return jdbc.sql(SELECT + "where " + column + " = :value and c.not_after >= :now"
                        + " and c.status in ('pending', 'issued', 'superseded') order by c.sequence")
                .param("value", value)
                .param("now", Columns.time(now))
                .query((row, _) -> record(row))
                .list();
    }

    /** How many certificates of an issuer have not ended at a moment. */
    public long unexpired(String issuerId, Instant now) {
        return jdbc.sql("select count(*) from certificate where issuer_id = :issuer and not_after >= :now")
                .param("issuer", issuerId)
                .param("now", Columns.time(now))
                .query(Long.class)
                .single();
    }

    /** The end of an issuer's longest certificate. */
    public Optional<Instant> lastEnd(String issuerId) {
        return jdbc.sql("select not_after from certificate where issuer_id = :issuer order by not_after desc limit 1")
                .param("issuer", issuerId)
                .query((row, _) -> Columns.instantThere(row, "not_after"))
                .optional();
    }

    /** Forgets certificates that ended before a moment, with their revocations once a list has shown them as ended. */
    public int forgetBefore(Instant moment) {
        jdbc.sql("delete from revocation where expires_at < :moment and listed_after_expiry")
                .param("moment", Columns.time(moment))
                .update();
        return jdbc.sql("delete from certificate where not_after < :moment and status <> 'pending'"
                        + " and serial not in (select serial from revocation)")
                .param("moment", Columns.time(moment))
                .update();
    }

    private static CertificateRecord record(ResultSet row) throws SQLException {
        byte[] der = row.getBytes("der");
        String predecessor = row.getString("predecessor");
        String status = row.getString("status");
        Issuance issuance = new Issuance(
                new SerialNumber(row.getString("serial")),
                row.getString("issuer_id"),
                row.getString("node_id"),
                Columns.role(row),
                row.getInt("profile_version"),
                row.getString("spki_sha256"),
                row.getString("csr_sha256"),
                Der.of(row.getBytes("tbs")),
                Columns.words(row.getString("names")),
                new Validity(Columns.instantThere(row, "not_before"), Columns.instantThere(row, "not_after")),
                Columns.instantThere(row, "recorded_at"),
                predecessor == null ? null : new SerialNumber(predecessor));
        return new CertificateRecord(
                row.getLong("sequence"),
                issuance,
                CertificateStatus.ofWord(status)
                        .orElseThrow(() -> new IllegalStateException("a status that does not exist: " + status)),
                der == null ? null : Der.of(der),
                Columns.instant(row, "revoked_at"),
                row.getString("reason"));
    }
}
