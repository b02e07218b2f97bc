package io.sallyport.pki.ledger;

import io.sallyport.pki.ca.Role;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How values stand in columns. */
final class Columns {
    private Columns() {}

    static OffsetDateTime time(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    static Instant instantThere(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    static Role role(ResultSet row) throws SQLException {
        String word = row.getString("role");
        return Role.ofWord(word).orElseThrow(() -> new IllegalStateException("a role that does not exist: " + word));
    }

    static String words(List<String> words) {
        return String.join(" ", words);
    }

    static List<String> words(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(" ", -1));
    }
}
