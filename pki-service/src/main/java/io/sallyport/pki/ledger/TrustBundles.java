package io.sallyport.pki.ledger;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The tables of trust bundles: each set of roots has a larger sequence than the one before. */
public final class TrustBundles {
    private final JdbcClient jdbc;

    /** Over a database. */
    public TrustBundles(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * The sequence of a set of roots, in the caller's transaction: that of the last bundle where it was the same set,
     * else a larger one, not below {@code floor}.
     */
    public long sequence(List<String> roots, String setSha256, long floor) {
        record Bundle(long sequence, String roots) {}
        Bundle last = jdbc.sql("select sequence, roots_sha256 from trust_bundle order by sequence desc limit 1")
                .query((row, _) -> new Bundle(row.getLong("sequence"), row.getString("roots_sha256")))
                .optional()
                .orElse(new Bundle(0, ""));
        if (last.roots().equals(setSha256)) {
            return last.sequence();
        }
        long sequence = Math.max(last.sequence() + 1, floor);
        jdbc.sql("insert into trust_bundle (sequence, roots_sha256) values (:sequence, :roots)")
                .param("sequence", sequence)
                .param("roots", setSha256)
                .update();
        for (String root : roots) {
            if (joined(root) == 0) {
                jdbc.sql("insert into trust_root (root_sha256, joined) values (:root, :sequence)")
                        .param("root", root)
                        .param("sequence", sequence)
                        .update();
            }
        }
        return sequence;
    }

    /** The sequence of the first bundle that had a root; 0 where none had. */
    public long joined(String rootSha256) {
        return jdbc.sql("select joined from trust_root where root_sha256 = :root")
                .param("root", rootSha256)
                .query(Long.class)
                .optional()
                .orElse(0L);
    }
}
