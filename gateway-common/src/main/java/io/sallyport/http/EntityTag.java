package io.sallyport.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * An entity tag (RFC 9110, section 8.8.3).
 *
 * @param opaque the text between the quotation marks
 * @param weak whether it is marked "W/"
 */
public record EntityTag(String opaque, boolean weak) {
    public EntityTag {
        Objects.requireNonNull(opaque);
    }

    /** What an If-None-Match or If-Match names: every representation, or some entity tags. */
    public sealed interface Condition {
        /** The condition "*". */
        record Any() implements Condition {}

        /** The well-formed entity tags; malformed members match nothing and are left out. */
        record Tags(List<EntityTag> tags) implements Condition {
            public Tags {
                tags = List.copyOf(tags);
            }
        }
    }

    /** The entity tag; empty if the text is not exactly one. */
    public static Optional<EntityTag> parse(String text) {
        boolean weak = text.startsWith("W/");
        int start = weak ? 2 : 0;
        int end = text.length() - 1;
        if (end <= start || text.charAt(start) != '"' || text.charAt(end) != '"') {
            return Optional.empty();
        }
        for (int i = start + 1; i < end; i++) {
            if (!isEtagCharacter(text.charAt(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(new EntityTag(text.substring(start + 1, end), weak));
    }

    private static boolean isEtagCharacter(char c) {
        return c == 0x21 || (c >= 0x23 && c <= 0x7E) || c >= 0x80;
    }

    /** The entity tag of a response; empty where ETag is absent, malformed or given twice. */
    public static Optional<EntityTag> of(Fields fields) {
        List<String> lines = fields.values("ETag");
        return lines.size() == 1 ? parse(lines.getFirst()) : Optional.empty();
    }

    /** The condition in a field such as If-None-Match; empty where the field is absent. */
    public static Optional<Condition> condition(Fields fields, String name) {
        if (!fields.contains(name)) {
            return Optional.empty();
        }
        List<EntityTag> tags = new ArrayList<>(2);
        for (String line : fields.values(name)) {
            if (FieldParser.trim(line).equals("*")) {
                return Optional.of(new Condition.Any());
            }
            addTags(line, tags);
        }
        return Optional.of(new Condition.Tags(tags));
    }

    /** An opaque tag knows no escapes, so the quotation marks decide here and not those of quoted strings. */
    private static void addTags(String line, List<EntityTag> tags) {
        int start = 0;
        boolean quoted = false;
        for (int i = 0; i <= line.length(); i++) {
            if (i == line.length() || (line.charAt(i) == ',' && !quoted)) {
                parse(FieldParser.trim(line.substring(start, i))).ifPresent(tags::add);
                start = i + 1;
            } else if (line.charAt(i) == '"') {
                quoted = !quoted;
            }
        }
    }

    /** Weak comparison: the opaque tags are equal (RFC 9110, section 8.8.3.2). */
    public boolean matchesWeakly(EntityTag other) {
        return opaque.equals(other.opaque);
    }

    /** Strong comparison: the opaque tags are equal and none is weak (RFC 9110, section 8.8.3.2). */
    public boolean matchesStrongly(EntityTag other) {
        return !weak && !other.weak && opaque.equals(other.opaque);
    }

    /** The tag as it stands in a field. */
    @Override
    public String toString() {
        return (weak ? "W/\"" : "\"") + opaque + '"';
    }
}
