package io.sallyport.pki.authority;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done while nobody asks: PENDING certificates become suspect, issuing CAs and roots that
 * came into the state directory are found, and what is long over is forgotten. */
public final class Housekeeping {
    private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);
    private static final Duration PERIOD = Duration.ofSeconds(20);
    private static final Duration SHORT_MEMORY = Duration.ofDays(1);

    private final Ledger ledger;
    private final Suspicion suspicion;
    private final Issuers issuers;
    private final Duration retention;
    private final InstantSource time;
    private final ScheduledExecutorService executor;

    /** Housekeeping that remembers ended certificates for the given time. */
    public Housekeeping(
            Ledger ledger,
            Suspicion suspicion,
            Issuers issuers,
            Duration retention,
            InstantSource time,
            ScheduledExecutorService executor) {
        this.ledger = ledger;
        this.suspicion = suspicion;
        this.issuers = issuers;
        this.retention = retention;
        this.time = time;
        this.executor = executor;
    }

    /** Begins. */
    public void start() {
        var _ = executor.scheduleWithFixedDelay(
                this::tidyOrLog, PERIOD.toSeconds(), PERIOD.toSeconds(), TimeUnit.SECONDS);
    }

    private void tidyOrLog() {
        try {
            tidy();
        } catch (RuntimeException e) {
            log.error("housekeeping failed cause={}", e.toString());
        }
    }

    /** Does all of it once. */
    public void tidy() {
        suspicion.sweep();
        issuers.refresh();
        Instant now = time.instant();
        ledger.transactions().executeWithoutResult(_ -> {
            ledger.tokens().forgetBefore(now.minus(SHORT_MEMORY));
            ledger.idempotencyKeys().forgetBefore(now.minus(SHORT_MEMORY));
            ledger.certificates().forgetBefore(now.minus(retention));
        });
    }
}
