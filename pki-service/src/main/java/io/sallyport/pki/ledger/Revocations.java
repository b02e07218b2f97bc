package io.sallyport.pki.ledger;

import io.sallyport.pki.ca.Der;
import io.sallyport.pki.ca.RevocationList;
import io.sallyport.pki.ca.RevocationReason;
import io.sallyport.pki.ca.RevokedEntry;
import io.sallyport.pki.ca.SerialNumber;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The tables of revocations and of the lists made from them. */
public final class Revocations {
    private final JdbcClient jdbc;

    /** Over a database. */
    public Revocations(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Records a revocation unless there is one already; a second one changes nothing. */
    public boolean add(String issuerId, RevokedEntry entry, Instant expiresAt) {
        boolean known = jdbc.sql("select count(*) from revocation where serial = :serial")
                        .param("serial", entry.serial().hex())
                        .query(Long.class)
                        .single()
                > 0;
        if (known) {
            return false;
        }
        jdbc.sql("insert into revocation (serial, issuer_id, revoked_at, reason, expires_at, listed_after_expiry)"
                        + " values (:serial, :issuer, :at, :reason, :end, false)")
                .param("serial", entry.serial().hex())
                .param("issuer", issuerId)
                .param("at", Columns.time(entry.revokedAt()))
                .param("reason", entry.reason().word())
                .param("end", Columns.time(expiresAt))
                .update();
        return true;
    }

    /** The entries of an issuer's next list: everything but what a list has already shown after its end. */
    public List<RevokedEntry> entries(String issuerId) {
        return jdbc.sql("select serial, revoked_at, reason from revocation where issuer_id = :issuer"
                        + " and not listed_after_expiry order by revoked_at, serial")
                .param("issuer", issuerId)
                .query((row, _) -> new RevokedEntry(
                        new SerialNumber(row.getString("serial")),
                        Columns.instantThere(row, "revoked_at"),
                        RevocationReason.ofWord(row.getString("reason")).orElse(RevocationReason.UNSPECIFIED)))
                .list();
    }

    /** Notes that a list made at a moment has shown all entries, so that the ended ones may leave the next. */
    public void listed(String issuerId, Instant thisUpdate) {
        jdbc.sql("update revocation set listed_after_expiry = true where issuer_id = :issuer and expires_at < :at")
                .param("issuer", issuerId)
                .param("at", Columns.time(thisUpdate))
                .update();
    }

    /** The serials of which a list has shown that they ended. */
    public List<SerialNumber> ended(String issuerId) {
        return jdbc.sql("select serial from revocation where issuer_id = :issuer and listed_after_expiry")
                .param("issuer", issuerId)
                .query((row, _) -> new SerialNumber(row.getString("serial")))
                .list();
    }

    /** The number of an issuer's last list; 0 before the first. */
    public long lastNumber(String issuerId) {
        return jdbc.sql("select crl_number from revocation_list where issuer_id = :issuer")
                .param("issuer", issuerId)
                .query(Long.class)
                .optional()
                .orElse(0L);
    }

    /** The number of every issuer's last list, by the issuer's id. */
    public Map<String, Long> numbers() {
        Map<String, Long> numbers = new HashMap<>();
        jdbc.sql("select issuer_id, crl_number from revocation_list").query(row -> {
            numbers.put(row.getString("issuer_id"), row.getLong("crl_number"));
        });
        return numbers;
    }

    /** Whether an issuer has revocations that its next list has to show. */
    public boolean hasEntries(String issuerId) {
        return jdbc.sql("select count(*) from revocation where issuer_id = :issuer and not listed_after_expiry")
                        .param("issuer", issuerId)
                        .query(Long.class)
                        .single()
                > 0;
    }

    /** The octets of an issuer's last list. */
    public Optional<Der> lastList(String issuerId) {
        return jdbc.sql("select der from revocation_list where issuer_id = :issuer")
                .param("issuer", issuerId)
                .query((row, _) -> Der.of(row.getBytes("der")))
                .optional();
    }

    /** Stores a list in the place of the last one; its number must be larger, or nothing is stored. */
    public boolean store(String issuerId, RevocationList list) {
        int changed = jdbc.sql("update revocation_list set crl_number = :number, this_update = :at, der = :der"
                        + " where issuer_id = :issuer and crl_number < :number")
                .param("number", list.contents().number())
                .param("at", Columns.time(list.contents().thisUpdate()))
                .param("der", list.der().bytes())
                .param("issuer", issuerId)
                .update();
        if (changed == 0 && lastNumber(issuerId) == 0) {
            changed = jdbc.sql("insert into revocation_list (issuer_id, crl_number, this_update, der)"
                            + " values (:issuer, :number, :at, :der)")
                    .param("issuer", issuerId)
                    .param("number", list.contents().number())
                    .param("at", Columns.time(list.contents().thisUpdate()))
                    .param("der", list.der().bytes())
                    .update();
        }
        return changed == 1;
    }
}
