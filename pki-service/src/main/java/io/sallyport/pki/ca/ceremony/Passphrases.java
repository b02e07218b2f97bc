package io.sallyport.pki.ca.ceremony;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The files that hold passphrases.
 *
 * @param root of the root's key; null leaves it in the clear
 * @param issuing of the issuing CA's key; null leaves it in the clear
 */
public record Passphrases(@Nullable Path root, @Nullable Path issuing) {
    /** All keys in the clear. */
    public static final Passphrases NONE = new Passphrases(null, null);
}
