package io.sallyport.pki.api;

import io.sallyport.pki.policy.Refusal.Cause;
import io.sallyport.pki.policy.RefusedException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The Idempotency-Key field: visible ASCII, at most 255 characters. */
final class IdempotencyKey {
    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,255}");

    private IdempotencyKey() {}

    static @Nullable String checked(@Nullable String field) {
        if (field != null && !KEY.matcher(field).matches()) {
            throw new RefusedException(Cause.REQUEST_UNREADABLE, "Idempotency-Key must be 1 to 255 visible characters");
        }
        return field;
    }
}
