package io.sallyport.pki.ledger;

import io.sallyport.pki.ca.SerialNumber;
import java.time.Instant;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The table of one-time tokens. */
public final class EnrollmentTokens {
    private final JdbcClient jdbc;

    /** Over a database. */
    public EnrollmentTokens(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Records a new token. */
    public void add(String sha256, Node node, Instant now, Instant expiresAt) {
        jdbc.sql("insert into enrollment_token (token_sha256, node_id, role, created_at, expires_at)"
                        + " values (:hash, :node, :role, :now, :end)")
                .param("hash", sha256)
                .param("node", node.id())
                .param("role", node.role().word())
                .param("now", Columns.time(now))
                .param("end", Columns.time(expiresAt))
                .update();
    }

    /** The token with the hash, be it used or not, until it expires. */
    public Optional<EnrollmentToken> find(String sha256, Instant now) {
        return jdbc.sql("select * from enrollment_token where token_sha256 = :hash and expires_at > :now")
                .param("hash", sha256)
                .param("now", Columns.time(now))
                .query((row, _) -> new EnrollmentToken(
                        sha256,
                        row.getString("node_id"),
                        Columns.instantThere(row, "expires_at"),
                        row.getString("consumed_spki"),
                        row.getString("serial")))
                .optional();
    }

    /**
     * Uses a token for a key and a serial, in the caller's transaction. One statement decides between all who try: the
     * first wins, and after it only a retry by the same key that saw the same earlier serial.
     */
    public boolean consume(EnrollmentToken token, String spkiSha256, SerialNumber serial, Instant now) {
        return jdbc.sql("update enrollment_token set consumed_at = :now, consumed_spki = :spki, serial = :serial"
                                + " where token_sha256 = :hash and expires_at > :now"
                                + " and (consumed_spki is null or (consumed_spki = :spki and serial = :seen))")
                        .param("now", Columns.time(now))
                        .param("spki", spkiSha256)
                        .param("serial", serial.hex())
                        .param("hash", token.sha256())
                        .param("seen", token.serial() == null ? "" : token.serial())
                        .update()
                == 1;
    }

    /** Forgets tokens that ended before a moment. */
    public int forgetBefore(Instant moment) {
        return jdbc.sql("delete from enrollment_token where expires_at < :moment")
                .param("moment", Columns.time(moment))
                .update();
    }
}
