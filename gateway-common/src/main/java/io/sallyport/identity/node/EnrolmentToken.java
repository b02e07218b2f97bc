package io.sallyport.identity.node;

import io.sallyport.identity.IdentityException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A one-time token, {@code sp1.<secret>.<SHA-256 of the root certificate>}: the right to enrol, and the first trust.
 *
 * @param text the whole token, secret
 * @param rootSha256 the root's fingerprint, 64 lower-case hex digits
 */
record EnrolmentToken(String text, String rootSha256) {
    private static final Pattern FORM = Pattern.compile("sp1\\.[A-Za-z0-9_-]{16,256}\\.([0-9a-fA-F]{64})");

    /**
     * Parses the content of a token file.
     *
     * @throws IdentityException if it is no token; the message does not repeat it
     */
    static EnrolmentToken parse(String content, String origin) {
        String text = content.strip();
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IdentityException(origin + " must hold a token sp1.<secret>.<root SHA-256>: it does not");
        }
        return new EnrolmentToken(text, matcher.group(1).toLowerCase(java.util.Locale.ROOT));
    }

    @Override
    public String toString() {
        return "EnrolmentToken[root " + rootSha256 + "]";
    }
}
