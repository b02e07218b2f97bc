package io.sallyport.cache.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.concurrent.atomic.LongAdder;

/**
 * Gives out the cache's own direct memory and counts it, apart from Netty's pools. A segment's bytes stay counted until
 * the body that asked for it and every slice of it have let go. Thread-safe.
 */
public final class SegmentAllocator {
    private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(true, false, true);
    private final LongAdder announced = new LongAdder();
    private final Runnable beforeAllocation;

    /** An allocator that tells nobody. */
    public SegmentAllocator() {
        this(() -> {});
    }

    /** An allocator that runs this, on the allocating thread, before every allocation, which is announced by then. */
    SegmentAllocator(Runnable beforeAllocation) {
        this.beforeAllocation = beforeAllocation;
    }

    /** The direct bytes in use: what was allocated and not yet freed. */
    public long usedBytes() {
        return memory.metric().usedDirectMemory();
    }

    /** The direct bytes in use and those that are about to be. */
    long claimedBytes() {
        return usedBytes() + announced.sum();
    }

    /** A buffer of exactly this capacity with one reference, which the caller owns. */
    ByteBuf allocate(int capacity) {
        announced.add(capacity);
        try {
            beforeAllocation.run();
            return memory.directBuffer(capacity, capacity);
        } finally {
            announced.add(-capacity);
        }
    }
}
