package io.sallyport.identity.revocation;

import io.sallyport.identity.IdentityException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads DER (X.690) from a part of an array, element by element, without copying what is passed over; confined to one
 * thread.
 */
final class DerReader {
    static final int BOOLEAN = 0x01;
    static final int INTEGER = 0x02;
    static final int BIT_STRING = 0x03;
    static final int OCTET_STRING = 0x04;
    static final int OBJECT_IDENTIFIER = 0x06;
    static final int UTC_TIME = 0x17;
    static final int GENERALIZED_TIME = 0x18;
    static final int SEQUENCE = 0x30;

    private static final int LONG_FORM = 0x80;
    private static final int MOST_LENGTH_OCTETS = 4;

    private final byte[] bytes;
    private final int end;
    private int position;

    private DerReader(byte[] bytes, int begin, int end) {
        this.bytes = bytes;
        this.position = begin;
        this.end = end;
    }

    /** Reads from the beginning of an array. */
    static DerReader of(byte[] bytes) {
        return new DerReader(bytes, 0, bytes.length);
    }

    /** Whether there is another element. */
    boolean hasNext() {
        return position < end;
    }

    /** Whether there is another element, and it has the tag. */
    boolean isNext(int tag) {
        return hasNext() && Byte.toUnsignedInt(bytes[position]) == tag;
    }

    /**
     * The contents of the next element, and goes on behind it.
     *
     * @throws IdentityException if there is none, it has another tag, or it is cut off
     */
    DerReader next(int tag) {
        if (!isNext(tag)) {
            throw broken("the tag " + Integer.toHexString(tag));
        }
        position++;
        int length = length();
        if (length > end - position) {
            throw broken(length + " octets");
        }
        DerReader contents = new DerReader(bytes, position, position + length);
        position += length;
        return contents;
    }

    /** Goes on behind the next element of the tag. */
    void skip(int tag) {
        next(tag);
    }

    /** The whole next element, header included, in an array of its own, and goes on behind it. */
    byte[] element(int tag) {
        int begin = position;
        next(tag);
        return Arrays.copyOfRange(bytes, begin, position);
    }

    /** What is left, in an array of its own. */
    byte[] octets() {
        return Arrays.copyOfRange(bytes, position, end);
    }

    /** What is left, in an array of its own; there must be something. */
    byte[] someOctets() {
        if (!hasNext()) {
            throw broken("an integer");
        }
        return octets();
    }

    /** What is left as an integer. */
    BigInteger integer() {
        return new BigInteger(someOctets());
    }

    /** What is left as text. */
    String text() {
        return new String(bytes, position, end - position, StandardCharsets.ISO_8859_1);
    }

    /* Definite lengths only, as DER has them. */
    private int length() {
        int first = octet();
        if (first < LONG_FORM) {
            return first;
        }
        int count = first - LONG_FORM;
        if (count < 1 || count > MOST_LENGTH_OCTETS) {
            throw broken("a length of 1 to 4 octets");
        }
        int length = 0;
        for (int i = 0; i < count; i++) {
            length = (length << Byte.SIZE) | octet();
        }
        if (length < 0) {
            throw broken("a length below 2 GiB");
        }
        return length;
    }

    private int octet() {
        if (!hasNext()) {
            throw broken("another octet");
        }
        return Byte.toUnsignedInt(bytes[position++]);
    }

    private IdentityException broken(String expected) {
        return new IdentityException("DER must have " + expected + " at " + position + " of " + end + ": it has not");
    }
}
