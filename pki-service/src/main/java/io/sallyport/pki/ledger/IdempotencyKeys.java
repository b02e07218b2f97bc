package io.sallyport.pki.ledger;

import io.sallyport.pki.ca.SerialNumber;
import java.time.Instant;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The table of Idempotency-Keys: which request came under a key, and what it led to. */
public final class IdempotencyKeys {
    private final JdbcClient jdbc;

    /** Over a database. */
    public IdempotencyKeys(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * The first use of a key.
     *
     * @param requestSha256 the hash of its request
     * @param serial the certificate that it led to
     */
    public record Use(String requestSha256, SerialNumber serial) {}

    /** The use of a caller's key. */
    public Optional<Use> find(String caller, String key) {
        return jdbc.sql(
                        "select request_sha256, serial from idempotency where caller = :caller and idempotency_key = :key")
                .param("caller", caller)
                .param("key", key)
                .query((row, _) -> new Use(row.getString("request_sha256"), new SerialNumber(row.getString("serial"))))
                .optional();
    }

    /** Records the use of a key, in the place of an earlier one that led to nothing. */
    public void save(String caller, String key, Use use, Instant now) {
        jdbc.sql("delete from idempotency where caller = :caller and idempotency_key = :key")
                .param("caller", caller)
                .param("key", key)
                .update();
        jdbc.sql("insert into idempotency (caller, idempotency_key, request_sha256, serial, recorded_at)"
                        + " values (:caller, :key, :request, :serial, :now)")
                .param("caller", caller)
                .param("key", key)
                .param("request", use.requestSha256())
                .param("serial", use.serial().hex())
                .param("now", Columns.time(now))
                .update();
    }

    /** Forgets keys from before a moment. */
    public int forgetBefore(Instant moment) {
        return jdbc.sql("delete from idempotency where recorded_at < :moment")
                .param("moment", Columns.time(moment))
                .update();
    }
}
