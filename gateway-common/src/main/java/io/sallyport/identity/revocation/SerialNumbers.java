package io.sallyport.identity.revocation;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * An immutable set of serial numbers (RFC 5280, section 4.1.2.2), kept in a few arrays: a revocation list of 100,000 has no
 * objects that a collector would move while event loops wait. A look-up allocates nothing, but for the first one that finds
 * its number.
 */
public final class SerialNumbers {
    private static final long MIX = 0x9E3779B97F4A7C15L;

    /** All numbers in two's complement, without superfluous octets, one behind the other. */
    private final byte[] octets;

    /** Where each number ends. */
    private final int[] ends;

    /** Open addressing by the last 64 bits; the number's place, counted from 1, or 0. */
    private final int[] table;

    /** The numbers that were asked for and found: few of a list's are ever. */
    private final AtomicReferenceArray<BigInteger> found;

    private final int size;

    private SerialNumbers(byte[] octets, int[] ends) {
        this.octets = octets;
        this.ends = ends;
        this.table = new int[Integer.highestOneBit(Math.max(ends.length, 1)) << 2];
        this.found = new AtomicReferenceArray<>(ends.length);
        int distinct = 0;
        for (int place = 0; place < ends.length; place++) {
            distinct += enter(place) ? 1 : 0;
        }
        this.size = distinct;
    }

    private boolean enter(int place) {
        int mask = table.length - 1;
        int slot = slot(last(place), mask);
        for (; table[slot] != 0; slot = (slot + 1) & mask) {
            int other = table[slot] - 1;
            if (Arrays.equals(octets, begin(place), ends[place], octets, begin(other), ends[other])) {
                return false;
            }
        }
        table[slot] = place + 1;
        return true;
    }

    /** The set of these numbers. */
    public static SerialNumbers of(Collection<BigInteger> numbers) {
        Builder builder = new Builder();
        numbers.forEach(number -> builder.add(number.toByteArray()));
        return builder.build();
    }

    /** How many there are. */
    public int size() {
        return size;
    }

    /** Whether the number is one of them. */
    public boolean contains(BigInteger number) {
        long last = number.longValue();
        int mask = table.length - 1;
        for (int slot = slot(last, mask); table[slot] != 0; slot = (slot + 1) & mask) {
            int place = table[slot] - 1;
            if (last(place) == last && at(place).equals(number)) {
                return true;
            }
        }
        return false;
    }

    private BigInteger at(int place) {
        BigInteger number = found.get(place);
        if (number == null) {
            int begin = begin(place);
            number = new BigInteger(octets, begin, ends[place] - begin);
            found.set(place, number);
        }
        return number;
    }

    private int begin(int place) {
        return place == 0 ? 0 : ends[place - 1];
    }

    private long last(int place) {
        return last(octets, begin(place), ends[place]);
    }

    /** The last 64 bits of a number in two's complement. */
    private static long last(byte[] octets, int begin, int end) {
        long last = octets[begin] < 0 ? -1 : 0;
        for (int i = Math.max(begin, end - Long.BYTES); i < end; i++) {
            last = (last << Byte.SIZE) | Byte.toUnsignedLong(octets[i]);
        }
        return last;
    }

    private static int slot(long last, int mask) {
        return (int) ((last * MIX) >>> Integer.SIZE) & mask;
    }

    /** Collects numbers; confined to one thread. */
    static final class Builder {
        private byte[] octets = new byte[1 << 10];
        private int[] ends = new int[1 << 6];
        private int size;

        /** Adds a number in two's complement, as a DER INTEGER has it; what is there already may come again. */
        void add(byte[] integer) {
            int begin = 0;
            while (begin < integer.length - 1 && integer[begin] == integer[begin + 1] >> Byte.SIZE) {
                begin++; // superfluous: it says no more than the sign of the next one
            }
            int length = integer.length - begin;
            int used = size == 0 ? 0 : ends[size - 1];
            if (length > octets.length - used) {
                octets = Arrays.copyOf(octets, Math.max(used + length, 2 * octets.length));
            }
            if (size == ends.length) {
                ends = Arrays.copyOf(ends, 2 * size);
            }
            System.arraycopy(integer, begin, octets, used, length);
            ends[size++] = used + length;
        }

        SerialNumbers build() {
            return new SerialNumbers(Arrays.copyOf(octets, size == 0 ? 0 : ends[size - 1]), Arrays.copyOf(ends, size));
        }
    }
}
