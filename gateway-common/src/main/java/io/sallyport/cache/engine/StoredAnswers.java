package io.sallyport.cache.engine;

import io.sallyport.cache.StoredResponse;
import io.sallyport.cache.rule.ReuseRule;
import io.sallyport.cache.store.ResponseStore;
import io.sallyport.http.ResponseHead;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Answers those who wait for a fill from the store: with what upstream has confirmed, or with what may stand in for a failure.
 * What is delivered is collected, for the fill holds its lock.
 *
 * @param task what the fill is to do
 * @param store where the answers live
 * @param freshening brings them up to date
 */
record StoredAnswers(Fill.Task task, ResponseStore store, Freshening freshening) {
    /** Answers all waiters after a 304. */
    List<Runnable> validated(ResponseHead notModified, Instant now, List<Waiter> waiters) {
        List<Runnable> deliveries = new ArrayList<>();
        Freshening.Freshened fresh = freshening.byNotModified(notModified, now).orElse(null);
        for (Waiter waiter : waiters) {
            Answer answer = fresh != null && fresh.mayAnswer(waiter.request(), task.isAsker(waiter))
                    ? stored(fresh.response(), now, Answer.Reused.VALIDATED, !task.isAsker(waiter))
                    : new Answer.Apart("validation");
            deliveries.add(() -> waiter.deliver(answer));
        }
        if (fresh != null && !fresh.kept()) {
            freshening.drop(fresh);
        }
        return deliveries;
    }

    /** Takes out the waiters that may be answered although upstream failed, and answers them. */
    List<Runnable> standIns(ReuseRule.ErrorKind error, Instant now, List<Waiter> waiters) {
        List<Runnable> deliveries = new ArrayList<>();
        StandIn standIn = new StandIn(task.plan(), error, now);
        waiters.removeIf(waiter -> {
            Optional<StoredResponse> candidate = standIn.of(waiter.request());
            candidate.ifPresent(stored -> {
                Answer answer = stored(stored, now, Answer.Reused.STALE_ON_ERROR, !task.isAsker(waiter));
                deliveries.add(() -> waiter.deliver(answer));
            });
            return candidate.isPresent();
        });
        return deliveries;
    }

    /** Whether something may stand in although nobody waits: the failure then changes nothing. */
    boolean hasStandIn(ReuseRule.ErrorKind error, Instant now) {
        return new StandIn(task.plan(), error, now).of(task.plan().request()).isPresent();
    }

    private Answer stored(StoredResponse response, Instant now, Answer.Reused how, boolean collapsed) {
        if (!store.retain(response)) {
            return new Answer.Apart("evicted");
        }
        Duration age = response.freshness().currentAge(now);
        return new Answer.Stored(response, age, response.freshness().lifetime().minus(age), how, collapsed);
    }
}
