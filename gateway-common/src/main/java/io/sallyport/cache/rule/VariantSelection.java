package io.sallyport.cache.rule;

import io.sallyport.cache.StoredResponse;
import io.sallyport.cache.VariantKey;
import io.sallyport.cache.VariantKey.Nominated;
import io.sallyport.http.FieldParser;
import io.sallyport.http.Fields;
import io.sallyport.http.RequestHead;
import io.sallyport.http.ResponseHead;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which stored response a request selects by Vary (RFC 9111, section 4.1). */
public final class VariantSelection {
    /** The most field names that a Vary may nominate for the response to be stored. */
    public static final int MOST_NAMES = 8;

    /** Fields whose members are compared without regard to case and order: quality values, not order, rank them. */
    private static final Set<String> PREFERENCES =
            Set.of("accept", "accept-charset", "accept-encoding", "accept-language");

    private VariantSelection() {}

    /** Whether any request but the first could select a response: no "*" in Vary, and at most eight names. */
    public static boolean isSelectable(Fields responseFields) {
        List<String> names = FieldParser.names(responseFields, "Vary");
        return !names.contains("*") && new LinkedHashSet<>(names).size() <= MOST_NAMES;
    }

    /** The secondary key of a response to a request: its nominated fields in the order of their names. */
    public static VariantKey of(ResponseHead response, Fields requestFields) {
        List<String> names = FieldParser.names(response.fields(), "Vary");
        if (names.isEmpty()) {
            return VariantKey.none();
        }
        return new VariantKey(names.stream()
                .distinct()
                .sorted()
                .map(name -> new Nominated(name, normalised(name, requestFields)))
                .toList());
    }

    /** Whether all nominated fields of a stored response match those of a request. "*" matches nothing. */
    public static boolean matches(VariantKey stored, Fields requestFields) {
        List<Nominated> names = stored.nominated();
        for (int i = 0; i < names.size(); i++) {
            Nominated nominated = names.get(i);
            String presented = normalised(nominated.name(), requestFields);
            boolean equal = presented == null ? nominated.value() == null : presented.equals(nominated.value());
            if (!equal || nominated.name().equals("*")) {
                return false;
            }
        }
        return true;
    }

    /**
     * The stored response that a request selects: of those that match the most recent (RFC 9111, section 4) by Date, then by
     * the time at which it was received or validated last, then the one that stands first, since stores list the newest first.
     */
    public static Optional<StoredResponse> select(RequestHead request, List<StoredResponse> stored, Instant now) {
        StoredResponse selected = null;
        for (int i = 0; i < stored.size(); i++) {
            StoredResponse candidate = stored.get(i);
            if (matches(candidate.variant(), request.fields())
                    && (selected == null || isMoreRecent(candidate, selected, now))) {
                selected = candidate;
            }
        }
        return Optional.ofNullable(selected);
    }

    /** Whether a response is newer than another by Date, then by the time of receipt. */
    static boolean isMoreRecent(StoredResponse one, StoredResponse other, Instant now) {
        int byDate = date(one, now).compareTo(date(other, now));
        return byDate != 0
                ? byDate > 0
                : one.freshness().responseTime().isAfter(other.freshness().responseTime());
    }

    private static Instant date(StoredResponse response, Instant now) {
        return CurrentAge.dateValue(response.head().fields(), now)
                .orElse(response.freshness().responseTime());
    }

    /**
     * The value of a nominated field in a form that is equal where the request means the same: lines combined, whitespace
     * around commas dropped, and for the fields of content negotiation case and order ignored.
     */
    private static @Nullable String normalised(String name, Fields requestFields) {
        List<String> lines = requestFields.values(name);
        if (lines.isEmpty()) {
            return null;
        }
        if (!PREFERENCES.contains(name)) {
            return withoutWhitespaceAround(',', String.join(",", lines));
        }
        return FieldParser.list(requestFields, name).stream()
                .map(member -> withoutWhitespaceAround(';', member).toLowerCase(Locale.ROOT))
                .sorted()
                .collect(Collectors.joining(","));
    }

    /** Drops spaces and tabs beside a separator and at both ends, but keeps quoted strings as they are. */
    private static String withoutWhitespaceAround(char separator, String value) {
        StringBuilder kept = new StringBuilder(value.length());
        boolean quoted = false;
        boolean atStart = true;
        int pending = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (!quoted && (c == ' ' || c == '\t')) {
                pending += atStart ? 0 : 1;
                continue;
            }
            atStart = !quoted && c == separator;
            if (!atStart) {
                kept.append(value, i - pending, i);
            }
            pending = 0;
            kept.append(c);
            quoted ^= c == '"';
        }
        return kept.toString();
    }
}
