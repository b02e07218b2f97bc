package io.sallyport.identity.node;

import io.sallyport.identity.Credentials;
import io.sallyport.identity.IdentityException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits at the PKI for news of revocations, on a thread of its own. It is a hint only: the signed list is the authority,
 * and is fetched at its own intervals whatever happens here.
 */
final class RevocationAnnouncements implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RevocationAnnouncements.class);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);

    private final Supplier<Credentials> current;
    private final Function<Credentials, PkiClient> connecting;
    private final Runnable onNews;
    private final RandomGenerator random;
    private final Thread thread;
    private @Nullable PkiClient client;
    private @Nullable Credentials shown;
    private OptionalLong sequence = OptionalLong.empty();
    private int failures;
    private volatile boolean closed;

    /**
     * Begins to wait.
     *
     * @param current what the node shows
     * @param connecting makes a client that shows it
     * @param onNews called for each announcement; must return soon
     */
    RevocationAnnouncements(
            Supplier<Credentials> current,
            Function<Credentials, PkiClient> connecting,
            Runnable onNews,
            RandomGenerator random) {
        this.current = current;
        this.connecting = connecting;
        this.onNews = onNews;
        this.random = random;
        this.thread = Thread.ofVirtual().name("revocation-announcements").start(this::run);
    }

    private void run() {
        try {
            while (!closed) {
                if (!await()) {
                    Thread.sleep(backOff(++failures, random));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            disconnect();
        }
    }

    private boolean await() throws InterruptedException {
        try {
            PkiClient.Announcement announcement = client().awaitRevocations(sequence);
            sequence = OptionalLong.of(announcement.sequence());
            failures = 0;
            if (announcement.news()) {
                onNews.run();
            }
            return true;
        } catch (IdentityException e) {
            if (Thread.interrupted() || closed) {
                throw new InterruptedException();
            }
            if (failures == 0) {
                LOG.info("event=revocation-announcements-failed error=\"{}\"", e.getMessage());
            }
            disconnect();
            return false;
        }
    }

    private PkiClient client() {
        Credentials now = current.get();
        PkiClient open = client;
        if (open == null || !now.equals(shown)) {
            disconnect();
            open = connecting.apply(now);
            client = open;
            shown = now;
        }
        return open;
    }

    private void disconnect() {
        PkiClient open = client;
        client = null;
        if (open != null) {
            open.close();
        }
    }

    /** How long to wait after so many failures: doubling from 1 s to 30 s, between half of it and all of it. */
    static Duration backOff(int failures, RandomGenerator random) {
        Duration doubled = FIRST_RETRY.multipliedBy(1L << Math.min(failures - 1, 10));
        Duration longest = doubled.compareTo(LONGEST_RETRY) < 0 ? doubled : LONGEST_RETRY;
        return longest.dividedBy(2).plusMillis(random.nextLong(longest.toMillis() / 2 + 1));
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
