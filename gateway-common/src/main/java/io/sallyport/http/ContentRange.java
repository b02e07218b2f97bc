package io.sallyport.http;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which part of a representation a message carries (RFC 9110, section 14.4).
 *
 * @param first position of the first byte
 * @param last position of the last byte, not before the first
 * @param completeLength length of the whole representation, greater than {@code last}; empty where unknown
 */
public record ContentRange(long first, long last, OptionalLong completeLength) {
    public ContentRange {
        if (first < 0 || last < first || (completeLength.isPresent() && completeLength.getAsLong() <= last)) {
            throw new IllegalArgumentException("no range: " + first + "-" + last + "/" + completeLength);
        }
    }

    /** The one satisfied byte range of a response; empty where it is absent, given twice, unsatisfied or malformed. */
    public static Optional<ContentRange> of(Fields fields) {
        List<String> lines = fields.values("Content-Range");
        return lines.size() == 1 ? parse(lines.getFirst()) : Optional.empty();
    }

    static Optional<ContentRange> parse(String value) {
        if (!value.toLowerCase(Locale.ROOT).startsWith("bytes ")) {
            return Optional.empty();
        }
        int dash = value.indexOf('-');
        int slash = value.indexOf('/');
        if (dash < 0 || slash < dash) {
            return Optional.empty();
        }
        Optional<Long> first = ByteRanges.position(value.substring("bytes ".length(), dash));
        Optional<Long> last = ByteRanges.position(value.substring(dash + 1, slash));
        String length = value.substring(slash + 1);
        Optional<Long> complete = length.equals("*") ? Optional.of(Long.MAX_VALUE) : ByteRanges.position(length);
        if (first.isEmpty()
                || last.isEmpty()
                || complete.isEmpty()
                || last.get() < first.get()
                || complete.get() <= last.get()) {
            return Optional.empty();
        }
        OptionalLong completeLength = length.equals("*") ? OptionalLong.empty() : OptionalLong.of(complete.get());
        return Optional.of(new ContentRange(first.get(), last.get(), completeLength));
    }

    /** The number of bytes. */
    public long length() {
        return last - first + 1;
    }

    /** The range as it stands in a field. */
    @Override
    public String toString() {
        return "bytes " + first + "-" + last + "/"
                + (completeLength.isPresent() ? Long.toString(completeLength.getAsLong()) : "*");
    }
}
