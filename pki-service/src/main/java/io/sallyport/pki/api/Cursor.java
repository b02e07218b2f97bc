package io.sallyport.pki.api;

import io.sallyport.pki.policy.Refusal.Cause;
import io.sallyport.pki.policy.RefusedException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Where a page of a list ended, as a text that says nothing to its reader. */
final class Cursor {
    private Cursor() {}

    static String write(long sequence) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(
                        ByteBuffer.allocate(Long.BYTES).putLong(sequence).array());
    }

    static long read(@Nullable String cursor) {
        if (cursor == null) {
            return 0;
        }
        try {
            byte[] octets = Base64.getUrlDecoder().decode(cursor);
            if (octets.length == Long.BYTES) {
                return ByteBuffer.wrap(octets).getLong();
            }
        } catch (IllegalArgumentException e) {
            throw unreadable();
        }
        throw unreadable();
    }

    static String writeText(String place) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(place.getBytes(StandardCharsets.US_ASCII));
    }

    static String readText(@Nullable String cursor) {
        if (cursor == null) {
            return "";
        }
        try {
            return new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.US_ASCII);
        } catch (IllegalArgumentException e) {
            throw unreadable();
        }
    }

    private static RefusedException unreadable() {
        return new RefusedException(Cause.REQUEST_UNREADABLE, "cursor must be one that a list ended with");
    }
}
