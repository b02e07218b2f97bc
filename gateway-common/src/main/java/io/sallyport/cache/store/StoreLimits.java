package io.sallyport.cache.store;

import io.netty.util.internal.PlatformDependent;

/**
 * How much a memory store may hold.
 *
 * @param maxBytes all bodies, heads and keys together
 * @param maxObjectBytes the largest body that is stored; never more than half of maxBytes, whatever is asked for
 */
public record StoreLimits(long maxBytes, long maxObjectBytes) {
    /** The setting that {@code maxBytes} comes from. */
    static final String SETTING = "sallyport.cache.memory";

    // Caffeine weighs an entry in an int; what is left over is for heads.
    static final int MAX_ENTRY_BYTES = Integer.MAX_VALUE - (64 << 20);

    public StoreLimits {
        if (maxBytes <= 0) {
            throw new IllegalArgumentException(SETTING + " must be positive: " + maxBytes + " bytes");
        }
        if (maxObjectBytes < 0) {
            throw new IllegalArgumentException("maxObjectBytes must not be negative: " + maxObjectBytes);
        }
        maxObjectBytes = Math.min(maxObjectBytes, Math.min(maxBytes / 2, MAX_ENTRY_BYTES));
    }

    /** The most that the bodies of one key may take together. */
    long maxEntryBytes() {
        return Math.min(maxBytes / 2, MAX_ENTRY_BYTES);
    }

    /** Throws IllegalArgumentException where the JVM's direct memory that is not yet taken is less than maxBytes. */
    void requireDirectMemory() {
        requireDirectMemory(PlatformDependent.maxDirectMemory(), Math.max(0, PlatformDependent.usedDirectMemory()));
    }

    void requireDirectMemory(long limit, long used) {
        if (maxBytes > limit - used) {
            throw new IllegalArgumentException(
                    SETTING + " is " + maxBytes + " bytes, but the JVM's direct memory has only " + (limit - used)
                            + " bytes left (-XX:MaxDirectMemorySize is " + limit + ", " + used + " are in use)");
        }
    }
}
