package io.sallyport.pki.authority;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells those who wait that there is a new revocation list. It is a hint only: the signed list is the authority. A
 * waiter holds a place in a set and no thread. Safe for many threads.
 *
 * <p>The sequence is the sum of the numbers of all lists ever known. Each only grows and all are in the ledger, so the
 * sum grows with every list, also over restarts.
 */
public final class RevocationNews {
    private final int maxWaiters;
    private final Map<String, Long> numbers = new ConcurrentHashMap<>();
    private final Map<Long, CompletableFuture<Lists>> waiters = new ConcurrentHashMap<>();
    private final AtomicLong tickets = new AtomicLong();
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile Lists lists = new Lists(0, Map.of());
    private volatile boolean ended;

    /** News for at most so many waiters at a time. */
    public RevocationNews(int maxWaiters) {
        this.maxWaiters = maxWaiters;
    }

    /**
     * The lists in force.
     *
     * @param sequence grows with each new list
     * @param numbers the number of each CA's list, by the CA's id
     */
    public record Lists(long sequence, Map<String, Long> numbers) {
        public Lists {
            numbers = Map.copyOf(numbers);
        }
    }

    /** What is in force now. */
    public Lists now() {
        return lists;
    }

    /** How many are waiting. */
    public int waiting() {
        return waiting.get();
    }

    /**
     * What is in force once the sequence is larger than {@code after}; empty where as many wait as may. Whoever waits
     * no longer cancels. At the end of the service it completes with what is in force.
     */
    public Optional<CompletableFuture<Lists>> after(long after) {
        if (lists.sequence() > after || ended) {
            return Optional.of(CompletableFuture.completedFuture(lists));
        }
        if (waiting.incrementAndGet() > maxWaiters) {
            waiting.decrementAndGet();
            return Optional.empty();
        }
        long ticket = tickets.incrementAndGet();
        CompletableFuture<Lists> waiter = new CompletableFuture<>();
        var _ = waiter.whenComplete((_, _) -> {
            waiters.remove(ticket);
            waiting.decrementAndGet();
        });
        waiters.put(ticket, waiter);
        if (lists.sequence() > after || ended) {
            waiter.complete(lists);
        }
        return Optional.of(waiter);
    }

    /** Takes over the numbers of earlier runs. */
    void learn(Map<String, Long> earlier) {
        numbers.putAll(earlier);
        sum();
    }

    /** Tells of a new list. */
    void tell(String issuerId, long number) {
        numbers.put(issuerId, number);
        sum();
        waiters.values().forEach(waiter -> waiter.complete(lists));
    }

    private void sum() {
        long sequence = 0;
        for (long number : numbers.values()) {
            sequence += number;
        }
        lists = new Lists(sequence, new TreeMap<>(numbers));
    }

    /** Lets all go and has nobody wait any more. */
    public void end() {
        ended = true;
        waiters.values().forEach(waiter -> waiter.complete(lists));
    }

    /** Whether the service is ending. */
    public boolean hasEnded() {
        return ended;
    }
}
