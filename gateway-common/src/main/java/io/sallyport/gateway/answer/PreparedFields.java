package io.sallyport.gateway.answer;

import io.netty.util.AsciiString;
import io.sallyport.gateway.request.InternalFields;
import io.sallyport.http.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The fields of stored responses in the form in which they are written, names and values by turns, of those that were served
 * last. What each answer has of its own is not among them. Thread-safe; what it returns must not be written to.
 */
final class PreparedFields {
    /** What a hit says itself: how old the response is, and how long its content. */
    private static final List<String> OWN = List.of("age", "content-length");

    private static final int PLACES = 4096;

    private final boolean towardsCustomers;
    private final boolean http2;
    private final AtomicReferenceArray<@Nullable Prepared> places = new AtomicReferenceArray<>(PLACES);

    private static final class Prepared {
        private final Fields from;
        private final AsciiString[] lines;

        Prepared(Fields from, AsciiString[] lines) {
            this.from = from;
            this.lines = lines;
        }
    }

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
        List<AsciiString> lines = new ArrayList<>(2 * fields.size());
        for (int line = 0; line < fields.size(); line++) {
            AsciiString name = new AsciiString(fields.name(line));
            AsciiString lowerCase = name.toLowerCase();
            if (isWritten(lowerCase.toString())) {
                lines.add(http2 ? lowerCase : name);
                lines.add(new AsciiString(fields.value(line)));
            }
        }
        return lines.toArray(AsciiString[]::new);
    }

    private boolean isWritten(String name) {
        return !OWN.contains(name)
                && !(towardsCustomers && InternalFields.is(name))
                && !(http2 && (name.equals("host") || name.startsWith("x-http2-")));
    }
}
