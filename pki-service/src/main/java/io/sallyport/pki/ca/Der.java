package io.sallyport.pki.ca;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** An immutable sequence of octets, in most cases the DER encoding of one ASN.1 object. */
public final class Der {
    private final byte[] octets;

    private Der(byte[] octets) {
        this.octets = octets;
    }

    /** A copy of the given octets. */
    public static Der of(byte[] octets) {
        return new Der(octets.clone());
    }

    /** A copy that the caller owns. */
    public byte[] bytes() {
        return octets.clone();
    }

    /** The number of octets. */
    public int length() {
        return octets.length;
    }

    /** The SHA-256 digest as 64 lower-case hexadecimal digits. */
    public String sha256() {
        return sha256(octets);
    }

    /** The SHA-256 digest of the given octets as 64 lower-case hexadecimal digits. */
    public static String sha256(byte[] octets) {
        return HexFormat.of().formatHex(digest(octets));
    }

    static byte[] digest(byte[] octets) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(octets);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every Java runtime", e);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Der der && Arrays.equals(octets, der.octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(octets);
    }

    @Override
    public String toString() {
        return octets.length + " octets, SHA-256 " + sha256();
    }
}
