package io.sallyport.pki.ca;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A serialNumber of this PKI (RFC 5280, section 4.1.2.2): 20 octets, the first of them 0x40 to 0x7f, so that every
 * serial has the same length and is positive. It is shown as 40 lower-case hexadecimal digits.
 *
 * @param hex the 40 digits
 */
public record SerialNumber(String hex) implements Comparable<SerialNumber> {
    private static final Pattern HEX = Pattern.compile("[4-7][0-9a-f]{39}");
    private static final int OCTETS = 20;

    public SerialNumber {
        if (!HEX.matcher(hex).matches()) {
            throw new IllegalArgumentException("serialNumber must be 40 hexadecimal digits from 40… to 7f…: " + hex);
        }
    }

    /** A serial that nobody can guess. */
    public static SerialNumber random(SecureRandom random) {
        byte[] octets = new byte[OCTETS];
        random.nextBytes(octets);
        octets[0] = (byte) (0x40 | (octets[0] & 0x3f));
        return new SerialNumber(HexFormat.of().formatHex(octets));
    }

    /** Reads hexadecimal digits in either case, with or without colons; empty where the text is no serial. */
    public static Optional<SerialNumber> parse(String text) {
        String hex = text.replace(":", "").toLowerCase(Locale.ROOT);
        return HEX.matcher(hex).matches() ? Optional.of(new SerialNumber(hex)) : Optional.empty();
    }

    /** The serial of a certificate; empty where it is not one of this PKI's form. */
    public static Optional<SerialNumber> of(BigInteger value) {
        return value.signum() < 0 ? Optional.empty() : parse(value.toString(16));
    }

    /** The serial as ASN.1 and Java's certificates have it. */
    public BigInteger value() {
        return new BigInteger(hex, 16);
    }

    @Override
    public int compareTo(SerialNumber other) {
        return hex.compareTo(other.hex);
    }

    @Override
    public String toString() {
        return hex;
    }
}
