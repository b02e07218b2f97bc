package io.sallyport.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The ranges that a Range field asks for in bytes (RFC 9110, section 14.1.2).
 *
 * @param ranges at least one, in the order in which they came
 */
public record ByteRanges(List<Spec> ranges) {
    /** One range as requested; it knows nothing of the length of the representation. */
    public sealed interface Spec {
        /** From a position on; {@code last} is Long.MAX_VALUE where it is open. */
        record From(long first, long last) implements Spec {}

        /** So many bytes at the end. */
        record Suffix(long length) implements Spec {}
    }

    public ByteRanges {
        ranges = List.copyOf(ranges);
        if (ranges.isEmpty()) {
            throw new IllegalArgumentException("at least one range is needed");
        }
    }

    /** The ranges; empty where the field is absent, given twice, of another unit or malformed: it is then to be ignored. */
    public static Optional<ByteRanges> of(Fields fields) {
        List<String> lines = fields.values("Range");
        return lines.size() == 1 ? parse(lines.getFirst()) : Optional.empty();
    }

    /** The ranges of one field value; empty where the unit is another or any range is malformed. */
    public static Optional<ByteRanges> parse(String value) {
        int equals = value.indexOf('=');
        if (equals < 0
                || !FieldParser.trim(value.substring(0, equals))
                        .toLowerCase(Locale.ROOT)
                        .equals("bytes")) {
            return Optional.empty();
        }
        List<Spec> ranges = new ArrayList<>(1);
        for (String member : FieldParser.members(value.substring(equals + 1))) {
            Optional<Spec> range = spec(member);
            if (range.isEmpty()) {
                return Optional.empty();
            }
            ranges.add(range.get());
        }
        return ranges.isEmpty() ? Optional.empty() : Optional.of(new ByteRanges(ranges));
    }

    private static Optional<Spec> spec(String member) {
        int dash = member.indexOf('-');
        if (dash < 0) {
            return Optional.empty();
        }
        String left = member.substring(0, dash);
        String right = member.substring(dash + 1);
        if (left.isEmpty()) {
            return position(right).map(Spec.Suffix::new);
        }
        Optional<Long> first = position(left);
        Optional<Long> last = right.isEmpty() ? Optional.of(Long.MAX_VALUE) : position(right);
        if (first.isEmpty() || last.isEmpty() || last.get() < first.get()) {
            return Optional.empty();
        }
        return Optional.of(new Spec.From(first.get(), last.get()));
    }

    /** A position in digits, saturating at Long.MAX_VALUE. */
    static Optional<Long> position(String digits) {
        long position = 0;
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            if (!FieldParser.isDigit(c)) {
                return Optional.empty();
            }
            position = position > (Long.MAX_VALUE - 9) / 10 ? Long.MAX_VALUE : position * 10 + (c - '0');
        }
        return digits.isEmpty() ? Optional.empty() : Optional.of(position);
    }
}
