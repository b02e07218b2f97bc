package io.sallyport.identity.tls;

import io.netty.handler.ssl.OpenSslSessionTicketKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The keys that OpenSSL's engine seals session tickets with, in memory only. There is a new one every hour; the one
 * before still opens tickets, so that a ticket is good for one to two hours.
 *
 * <p>Safe for use by many threads.
 */
final class TicketKeys {
    static final Duration LIFE = Duration.ofHours(1);
    private static final int PART_BYTES = 16;
    private static final int KEPT = 2;

    private final LongSupplier nanoTime;
    private final SecureRandom random = new SecureRandom();
    private volatile long nextNanos;
    private List<OpenSslSessionTicketKey> keys = List.of();

    /** Begins with one key; the clock is one that only goes on. */
    TicketKeys(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        change();
    }

    /** Whether the newest key has served its time. */
    boolean isDue() {
        return nanoTime.getAsLong() - nextNanos >= 0;
    }

    /** Makes a new key where one is due; answers whether it did. */
    synchronized boolean changeIfDue() {
        if (!isDue()) {
            return false;
        }
        change();
        return true;
    }

    /* After a long silence the key before is too old as well. */
    private synchronized void change() {
        long now = nanoTime.getAsLong();
        List<OpenSslSessionTicketKey> next = new ArrayList<>();
        next.add(newKey());
        if (!keys.isEmpty() && now - nextNanos < LIFE.toNanos()) {
            next.addAll(keys.subList(0, Math.min(keys.size(), KEPT - 1)));
        }
        keys = List.copyOf(next);
        nextNanos = now + LIFE.toNanos();
    }

    /** The keys that count, the one for new tickets first. */
    synchronized OpenSslSessionTicketKey[] keys() {
        return keys.toArray(OpenSslSessionTicketKey[]::new);
    }

    private OpenSslSessionTicketKey newKey() {
        byte[][] parts = new byte[3][PART_BYTES];
        for (byte[] part : parts) {
            random.nextBytes(part);
        }
        return new OpenSslSessionTicketKey(parts[0], parts[1], parts[2]);
    }
}
