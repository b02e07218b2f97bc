package io.sallyport.identity.node;

import io.sallyport.identity.Credentials;
import io.sallyport.identity.IdentityException;
import io.sallyport.identity.revocation.RevocationSnapshot;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node serves now, who hears of changes, and what stands in the way of newer material.
 *
 * <p>Safe for use by many threads; changes come from one thread.
 */
final class Served {
    private static final Logger LOG = LoggerFactory.getLogger(NodeIdentity.class);

    private final List<Consumer<Credentials>> onCredentials = new CopyOnWriteArrayList<>();
    private final List<Consumer<RevocationSnapshot>> onRevocation = new CopyOnWriteArrayList<>();
    private final Map<IdentityProblem, String> problems = new ConcurrentSkipListMap<>();
    private final Map<IdentityProblem, LongAdder> failures = new ConcurrentHashMap<>();
    private volatile Credentials credentials;
    private volatile RevocationSnapshot revocation;

    Served(Credentials credentials, RevocationSnapshot revocation) {
        this.credentials = credentials;
        this.revocation = revocation;
    }

    Credentials credentials() {
        return credentials;
    }

    RevocationSnapshot revocation() {
        return revocation;
    }

    void onCredentials(Consumer<Credentials> listener) {
        onCredentials.add(listener);
    }

    void onRevocation(Consumer<RevocationSnapshot> listener) {
        onRevocation.add(listener);
    }

    /** Has everything that listens take the credentials; they count when this returns. */
    void serve(Credentials next) {
        onCredentials.forEach(listener -> listener.accept(next));
        credentials = next;
    }

    void serve(RevocationSnapshot next) {
        revocation = next;
        next.lists()
                .forEach(list -> LOG.info(
                        "event=revocation-list number={} entries={} nextUpdate={}",
                        list.number(),
                        list.serials().size(),
                        list.nextUpdate()));
        onRevocation.forEach(listener -> listener.accept(next));
    }

    /** Notes and counts a failure. */
    void failed(IdentityProblem problem, IdentityException e) {
        problems.put(problem, String.valueOf(e.getMessage()));
        failures.computeIfAbsent(problem, key -> new LongAdder()).increment();
    }

    void solved(IdentityProblem problem) {
        problems.remove(problem);
    }

    Map<IdentityProblem, String> problems() {
        return Map.copyOf(problems);
    }

    long failures(IdentityProblem problem) {
        LongAdder count = failures.get(problem);
        return count == null ? 0 : count.sum();
    }
}
