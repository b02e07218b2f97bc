package io.sallyport.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/**
 * An immutable section of header fields, in the order in which they came (RFC 9110, section 5). Names compare
 * case-insensitively and keep their spelling; several lines of one name stay several lines. Thread-safe.
 */
public final class Fields implements Iterable<Fields.Field> {
    private static final Fields EMPTY = new Fields(new String[0]);

    /** Name and value by turns: a section is read on every request, and an object per line would be most of its cost. */
    private final String[] lines;

    private Fields(String[] lines) {
        this.lines = lines;
    }

    /** One field line: a name and a value without surrounding whitespace (RFC 9110, section 5.5). */
    public record Field(String name, String value) {
        public Field {
            Objects.requireNonNull(name);
            Objects.requireNonNull(value);
        }
    }

    /** A section without fields. */
    public static Fields empty() {
        return EMPTY;
    }

    /** A section of the given names and values by turns; throws IllegalArgumentException if their number is odd. */
    public static Fields of(String... namesAndValues) {
        if (namesAndValues.length % 2 != 0) {
            throw new IllegalArgumentException("names and values must come in pairs: " + namesAndValues.length);
        }
        Builder builder = builder();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            builder.add(namesAndValues[i], namesAndValues[i + 1]);
        }
        return builder.build();
    }

    /** A builder of an empty section. */
    public static Builder builder() {
        return builder(8);
    }

    /** A builder of an empty section that expects this number of lines. */
    public static Builder builder(int expected) {
        return new Builder(new String[2 * expected], 0);
    }

    /** A builder that starts with these fields. */
    public Builder toBuilder() {
        return new Builder(Arrays.copyOf(lines, lines.length + 8), lines.length);
    }

    /** Whether a field of this name is present. */
    public boolean contains(String name) {
        return indexOf(name) >= 0;
    }

    /** The value of the first line of this name. */
    public Optional<String> first(String name) {
        int index = indexOf(name);
        return index < 0 ? Optional.empty() : Optional.of(lines[index + 1]);
    }

    private int indexOf(String name) {
        for (int i = 0; i < lines.length; i += 2) {
            if (lines[i].equalsIgnoreCase(name)) {
                return i;
            }
        }
        return -1;
    }

    /** The values of all lines of this name, in order. */
    public List<String> values(String name) {
        int index = indexOf(name);
        if (index < 0) {
            return List.of();
        }
        List<String> values = new ArrayList<>(2);
        for (int i = index; i < lines.length; i += 2) {
            if (lines[i].equalsIgnoreCase(name)) {
                values.add(lines[i + 1]);
            }
        }
        return values;
    }

    /** The lines of this name combined into one value, joined with ", " (RFC 9110, section 5.3). */
    public Optional<String> combined(String name) {
        List<String> values = values(name);
        return values.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", values));
    }

    /** This section without the lines whose lower-case name is in the set. */
    public Fields without(Set<String> lowerCaseNames) {
        return without(name -> lowerCaseNames.contains(name.toLowerCase(Locale.ROOT)));
    }

    /** This section without the lines whose name, as spelled, the predicate takes. */
    public Fields without(Predicate<String> name) {
        int first = 0;
        while (first < lines.length && !name.test(lines[first])) {
            first += 2;
        }
        if (first == lines.length) {
            return this;
        }
        Builder kept = new Builder(Arrays.copyOf(lines, lines.length), first);
        for (int i = first + 2; i < lines.length; i += 2) {
            if (!name.test(lines[i])) {
                kept.add(lines[i], lines[i + 1]);
            }
        }
        return kept.build();
    }

    /** This section with all lines of this name replaced by one, in the last place. */
    public Fields with(String name, String value) {
        return toBuilder().set(name, value).build();
    }

    /** The distinct names in lower case, in order of first appearance. */
    public Collection<String> names() {
        Set<String> names = new LinkedHashSet<>();
        forEach((name, value) -> names.add(name.toLowerCase(Locale.ROOT)));
        return names;
    }

    /** Hands every line, in order, to the consumer. */
    public void forEach(BiConsumer<? super String, ? super String> consumer) {
        for (int i = 0; i < lines.length; i += 2) {
            consumer.accept(lines[i], lines[i + 1]);
        }
    }

    /** The number of lines. */
    public int size() {
        return lines.length / 2;
    }

    /** The name of a line, counted from 0. */
    public String name(int line) {
        return lines[2 * line];
    }

    /** The value of a line, counted from 0. */
    public String value(int line) {
        return lines[2 * line + 1];
    }

    /** The characters of all names and values: what this section weighs, without overhead. */
    public int length() {
        int length = 0;
        for (String part : lines) {
            length += part.length();
        }
        return length;
    }

    @Override
    public Iterator<Field> iterator() {
        return new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < size();
            }

            @Override
            public Field next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return new Field(name(next), value(next++));
            }
        };
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Fields that && Arrays.equals(lines, that.lines);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(lines);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        forEach((name, value) -> text.append(name).append(": ").append(value).append('\n'));
        return text.toString();
    }

    /** Collects the lines of a section. Not thread-safe. */
    public static final class Builder {
        private String[] lines;
        private int length;
        private boolean shared;

        private Builder(String[] lines, int length) {
            this.lines = lines;
            this.length = length;
        }

        /** Adds a line at the end. */
        public Builder add(String name, String value) {
            if (length == lines.length) {
                lines = Arrays.copyOf(lines, Math.max(8, 2 * length));
                shared = false;
            }
            lines[length] = Objects.requireNonNull(name);
            lines[length + 1] = Objects.requireNonNull(value);
            length += 2;
            return this;
        }

        /** Adds all lines of another section at the end. */
        public Builder addAll(Fields fields) {
            fields.forEach(this::add);
            return this;
        }

        /** Removes all lines of this name and adds one at the end. */
        public Builder set(String name, String value) {
            return remove(name).add(name, value);
        }

        /** Removes all lines of this name. */
        public Builder remove(String name) {
            if (shared) {
                lines = lines.clone();
                shared = false;
            }
            int kept = 0;
            for (int i = 0; i < length; i += 2) {
                if (!lines[i].equalsIgnoreCase(name)) {
                    lines[kept] = lines[i];
                    lines[kept + 1] = lines[i + 1];
                    kept += 2;
                }
            }
            length = kept;
            return this;
        }

        /** The section as collected so far; the builder may be used further. */
        public Fields build() {
            if (length == 0) {
                return EMPTY;
            }
            if (length < lines.length) {
                return new Fields(Arrays.copyOf(lines, length));
            }
            shared = true; // full to the last place: handed over as it is, and copied before it is written again
            return new Fields(lines);
        }
    }
}
