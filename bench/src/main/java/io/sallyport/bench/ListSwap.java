package io.sallyport.bench;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.EventExecutor;
import io.sallyport.identity.revocation.RevocationList;
import io.sallyport.identity.revocation.RevocationSnapshot;
import io.sallyport.identity.revocation.RevocationSnapshot.Need;
import io.sallyport.identity.revocation.RevocationSnapshot.Status;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Replaces a long revocation list again and again, as a node does when a new one comes, while event loops look
 * certificates up; prints how late the loops were at worst, beside the same time without any replacing.
 */
final class ListSwap {
    private static final Duration TICK = Duration.ofMillis(1);

    private final int entries;
    private final AtomicReference<RevocationSnapshot> snapshot =
            new AtomicReference<>(new RevocationSnapshot(List.of(), Need.REQUIRED, Duration.ofHours(1)));
    private final AtomicLong latestNanos = new AtomicLong();
    private final AtomicLong lookUps = new AtomicLong();

    /** Lists of so many entries. */
    ListSwap(int entries) {
        this.entries = entries;
    }

    void run(int swaps) throws Exception {
        Lists.Issuer issuer = Lists.issuer();
        byte[][] made = new byte[swaps][];
        for (int number = 0; number < swaps; number++) {
            made[number] = issuer.list(number, entries);
        }
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
        loops.forEach(loop -> tick(loop, issuer.certificate(), System.nanoTime()));
        swap(made[0], issuer.certificate());
        TimeUnit.SECONDS.sleep(1);
        latestNanos.set(0);
        long begin = System.nanoTime();
        for (byte[] der : made) {
            swap(der, issuer.certificate());
        }
        long took = System.nanoTime() - begin;
        long withSwaps = latestNanos.getAndSet(0);
        TimeUnit.NANOSECONDS.sleep(took);
        System.out.printf(
                Locale.ROOT,
                "entries=%d bytes=%d swap_ms=%.1f latest_ms=%.1f latest_without_ms=%.1f look_ups=%d%n",
                entries,
                made[0].length,
                took / 1e6 / swaps,
                withSwaps / 1e6,
                latestNanos.get() / 1e6,
                lookUps.get());
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }

    private void swap(byte[] der, X509Certificate issuer) {
        snapshot.set(snapshot.get().with(RevocationList.parse(der, issuer)));
    }

    private void tick(EventExecutor loop, X509Certificate issuer, long due) {
        long late = System.nanoTime() - due;
        latestNanos.accumulateAndGet(late, Math::max);
        Instant now = Instant.now();
        RevocationSnapshot current = snapshot.get();
        for (int number = 0; number < 20; number++) {
            BigInteger serial = Lists.serialNumber(number);
            if (!current.lists().isEmpty() && current.status(serial, issuer.getPublicKey(), now) != Status.REVOKED) {
                throw new IllegalStateException("on the list must be " + serial);
            }
            lookUps.incrementAndGet();
        }
        long next = System.nanoTime() + TICK.toNanos();
        var _ = loop.schedule(() -> tick(loop, issuer, next), TICK.toNanos(), TimeUnit.NANOSECONDS);
    }
}
