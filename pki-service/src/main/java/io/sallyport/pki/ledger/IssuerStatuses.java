package io.sallyport.pki.ledger;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The table of issuing CAs: where each stands. */
public final class IssuerStatuses {
    private final JdbcClient jdbc;

    /** Over a database. */
    public IssuerStatuses(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** All that were ever known, by id. */
    public Map<String, IssuerStatus> all() {
        Map<String, IssuerStatus> all = new LinkedHashMap<>();
        jdbc.sql("select issuer_id, status from issuer order by status_since, issuer_id")
                .query(row -> {
                    String word = row.getString("status");
                    all.put(
                            row.getString("issuer_id"),
                            IssuerStatus.ofWord(word)
                                    .orElseThrow(
                                            () -> new IllegalStateException("a status that does not exist: " + word)));
                });
        return all;
    }

    /** Records where an issuing CA stands from now on. */
    public void save(String issuerId, IssuerStatus status, Instant now) {
        int changed = jdbc.sql("update issuer set status = :status, status_since = :now where issuer_id = :id")
                .param("status", status.word())
                .param("now", Columns.time(now))
                .param("id", issuerId)
                .update();
        if (changed == 0) {
            jdbc.sql("insert into issuer (issuer_id, status, status_since) values (:id, :status, :now)")
                    .param("id", issuerId)
                    .param("status", status.word())
                    .param("now", Columns.time(now))
                    .update();
        }
    }
}
