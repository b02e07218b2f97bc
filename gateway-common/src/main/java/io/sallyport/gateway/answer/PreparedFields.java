package io.sallyport.gateway.answer;

import io.netty.util.AsciiString;
import io.sallyport.gateway.request.InternalFields;
import io.sallyport.http.Fields;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The fields of stored responses in the form in which they are written, names and values by turns, of those that were served
 * last. What each answer has of its own is not among them. Thread-safe; what it returns must not be written to.
 *
 * <p>For HTTP/1.1 all lines after the first are part of its value, as they follow it in a message (RFC 9112, section 5): an
 * answer copies one text then, and what is asked for at random takes one place in memory instead of two for each line.
 */
final class PreparedFields {
    /** What a hit says itself: how old the response is, and how long its content. */
    private static final List<String> OWN = List.of("age", "content-length");

    private static final int PLACES = 4096;
    private static final int NAMES = 256;

    private final boolean towardsCustomers;
    private final boolean http2;
    private final AtomicReferenceArray<@Nullable Prepared> places = new AtomicReferenceArray<>(PLACES);
    private final AtomicReferenceArray<@Nullable Name> names = new AtomicReferenceArray<>(NAMES);

    private static final class Prepared {
        private final Fields from;
        private final AsciiString[] lines;

        Prepared(Fields from, AsciiString[] lines) {
            this.from = from;
            this.lines = lines;
        }
    }

    /** A name as it is stored and as it is written; null where it is not. */
    private record Name(String stored, @Nullable AsciiString written) {}

    /**
     * Prepares nothing yet.
     *
     * @param towardsCustomers whether what gates say to each other is left out
     * @param http2 whether it is for HTTP/2, whose names are in lower case (RFC 9113, section 8.2)
     */
    PreparedFields(boolean towardsCustomers, boolean http2) {
        this.towardsCustomers = towardsCustomers;
        this.http2 = http2;
    }

    /** The fields of a stored response, made when they are asked for first. */
    @SuppressWarnings("ReferenceEquality") // other fields that are equal would cost more to find than to make
    AsciiString[] of(Fields stored) {
        int place = System.identityHashCode(stored) & (PLACES - 1);
        Prepared known = places.getAcquire(place);
        if (known == null || known.from != stored) {
            known = new Prepared(stored, once(stored));
            places.setRelease(place, known);
        }
        return known.lines;
    }

    /** Fields that are written once. */
    AsciiString[] once(Fields fields) {
        AsciiString[] lines = new AsciiString[2 * fields.size()];
        int length = 0;
        for (int line = 0; line < fields.size(); line++) {
            AsciiString name = written(fields.name(line));
            if (name != null) {
                lines[length++] = name;
                lines[length++] = new AsciiString(fields.value(line));
            }
        }
        return http2 || length == 0
                ? Arrays.copyOf(lines, length)
                : new AsciiString[] {lines[0], joined(lines, length)};
    }

    /** The first value and all that follows it. */
    private static AsciiString joined(AsciiString[] lines, int length) {
        int size = 0;
        for (int i = 1; i < length; i++) {
            size += lines[i].length() + 2;
        }
        byte[] joined = new byte[size - 2];
        int end = copy(lines[1], joined, 0);
        for (int i = 2; i < length; i += 2) {
            joined[end++] = '\r';
            joined[end++] = '\n';
            end = copy(lines[i], joined, end);
            joined[end++] = ':';
            joined[end++] = ' ';
            end = copy(lines[i + 1], joined, end);
        }
        return new AsciiString(joined, false);
    }

    private static int copy(AsciiString text, byte[] to, int at) {
        System.arraycopy(text.array(), text.arrayOffset(), to, at, text.length());
        return at + text.length();
    }

    private @Nullable AsciiString written(String name) {
        int place = name.hashCode() & (NAMES - 1);
        Name known = names.getAcquire(place);
        if (known == null || !known.stored().equals(name)) {
            AsciiString lowerCase = new AsciiString(name).toLowerCase();
            AsciiString spelled = http2 ? lowerCase : new AsciiString(name);
            known = new Name(name, isWritten(lowerCase.toString()) ? spelled : null);
            names.setRelease(place, known);
        }
        return known.written();
    }

    private boolean isWritten(String name) {
        return !OWN.contains(name)
                && !(towardsCustomers && InternalFields.is(name))
                && !(http2 && (name.equals("host") || name.startsWith("x-http2-")));
    }
}
