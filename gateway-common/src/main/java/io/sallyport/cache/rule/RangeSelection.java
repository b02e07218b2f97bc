package io.sallyport.cache.rule;

import io.sallyport.http.ByteRanges;
import io.sallyport.http.EntityTag;
import io.sallyport.http.Fields;
import io.sallyport.http.HttpDate;
import io.sallyport.http.RequestHead;
import io.sallyport.http.ResponseHead;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which bytes of a complete stored response a request gets (RFC 9110, section 14). */
public final class RangeSelection {
    /** The most ranges that one answer has; a request for more gets the whole. */
    public static final int MOST_RANGES = 8;

    private static final Selection WHOLE = new Selection.Whole();

    private RangeSelection() {}

    /** The selected bytes. */
    public sealed interface Selection {
        /** All, as a 200: there is no Range, or it does not count. */
        record Whole() implements Selection {}

        /** One range, as a 206; both positions are inclusive. */
        record Single(long first, long last) implements Selection {
            /** The number of bytes. */
            public long length() {
                return last - first + 1;
            }
        }

        /** Two to eight ranges, as a 206 of multipart/byteranges, in the order in which they were asked for. */
        record Multiple(List<Single> ranges) implements Selection {
            public Multiple {
                ranges = List.copyOf(ranges);
            }
        }

        /** None of the ranges lies in the representation: 416. */
        record Unsatisfiable() implements Selection {}
    }

    /**
     * Selects from a representation of a length. Range counts only in GET, for a stored 200, and where If-Range, if any,
     * holds; ranges that are malformed, more than eight, or together longer than the representation are ignored.
     */
    public static Selection select(RequestHead client, ResponseHead stored, long length) {
        if (!client.fields().contains("Range")) {
            return WHOLE;
        }
        Optional<ByteRanges> requested = ByteRanges.of(client.fields());
        if (requested.isEmpty()
                || !client.method().equals("GET")
                || stored.status() != 200
                || length == 0
                || !ifRangeHolds(client.fields(), stored.fields())) {
            return WHOLE;
        }
        List<ByteRanges.Spec> specs = requested.get().ranges();
        if (specs.size() > MOST_RANGES) {
            return WHOLE;
        }
        List<Selection.Single> satisfied = new ArrayList<>(specs.size());
        long total = 0;
        for (ByteRanges.Spec spec : specs) {
            Optional<Selection.Single> range = satisfied(spec, length);
            if (range.isPresent()) {
                satisfied.add(range.get());
                total += range.get().length();
            }
        }
        return switch (satisfied.size()) {
            case 0 -> new Selection.Unsatisfiable();
            case 1 -> satisfied.getFirst();
            default -> total > length ? WHOLE : new Selection.Multiple(satisfied);
        };
    }

    private static Optional<Selection.Single> satisfied(ByteRanges.Spec spec, long length) {
        return switch (spec) {
            case ByteRanges.Spec.From(long first, long last) ->
                first < length
                        ? Optional.of(new Selection.Single(first, Math.min(last, length - 1)))
                        : Optional.empty();
            case ByteRanges.Spec.Suffix(long suffix) ->
                suffix > 0
                        ? Optional.of(new Selection.Single(Math.max(0, length - suffix), length - 1))
                        : Optional.empty();
        };
    }

    /**
     * If-Range (RFC 9110, section 13.1.5): an entity tag by strong comparison, or a date that is exactly a Last-Modified
     * that is strong, which it is when it lies a minute before Date (section 8.8.2.2).
     */
    private static boolean ifRangeHolds(Fields client, Fields stored) {
        List<String> lines = client.values("If-Range");
        if (lines.isEmpty()) {
            return true;
        }
        if (lines.size() > 1) {
            return false;
        }
        Optional<EntityTag> tag = EntityTag.parse(lines.getFirst());
        if (tag.isPresent()) {
            return EntityTag.of(stored).filter(tag.get()::matchesStrongly).isPresent();
        }
        Optional<Instant> date = HttpDate.parse(lines.getFirst());
        return date.isPresent() && date.equals(strongLastModified(stored));
    }

    /** Last-Modified where it is a strong validator. */
    static Optional<Instant> strongLastModified(Fields stored) {
        Optional<Instant> modified = stored.first("Last-Modified").flatMap(HttpDate::parse);
        Optional<Instant> date = stored.first("Date").flatMap(HttpDate::parse);
        return modified.filter(instant ->
                date.isPresent() && Duration.between(instant, date.get()).compareTo(Duration.ofSeconds(60)) >= 0);
    }
}
