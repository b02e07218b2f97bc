package io.sallyport.cache.engine;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sallyport.cache.CacheKey;
import io.sallyport.cache.rule.StoringRule;
import io.sallyport.cache.rule.StoringRule.Storability.NotStorable;
import io.sallyport.cache.rule.StoringRule.Storability.Storable;
import io.sallyport.cache.store.ResponseStore;
import java.time.Instant;
import java.util.Optional;

/** Remembers of some keys why their last answer was not stored. Bounded; costs nothing where an answer is. Thread-safe. */
final class StoringNotes {
    private static final long MAX_CHARACTERS = 1 << 20;
    private static final int OVERHEAD = 200;

    private final Cache<CacheKey, NotStored> notes = Caffeine.newBuilder()
            .maximumWeight(MAX_CHARACTERS)
            .weigher((CacheKey key, NotStored note) -> key.length() + OVERHEAD)
            .executor(Runnable::run)
            .build();

    /** Takes note of an answer that came from upstream. */
    void answered(Plan.Forward plan, Answer answer, Instant now, ResponseStore store) {
        if (!(answer instanceof Answer.Fetched fetched) || fetched.collapsed()) {
            return;
        }
        if (fetched.stored()) {
            notes.invalidate(plan.key());
        } else {
            notes.put(
                    plan.key(),
                    new NotStored(
                            reason(plan, fetched, now, store), fetched.head().status(), now));
        }
    }

    private static String reason(Plan.Forward plan, Answer.Fetched answer, Instant now, ResponseStore store) {
        long most = Math.min(plan.route().policy().maxObjectBytes(), store.maxObjectBytes());
        return switch (StoringRule.judge(
                plan.request(), answer.head(), now, now, plan.route().policy())) {
            case NotStorable(String why) -> why;
            case Storable ignored when !plan.shared() -> "hit-for-miss";
            case Storable ignored when answer.length().orElse(0) > most -> "too-large";
            case Storable ignored when !store.hasRoom() -> "no-room";
            case Storable ignored -> "not-shared";
        };
    }

    /** The note on a key. */
    Optional<NotStored> of(CacheKey key) {
        return Optional.ofNullable(notes.getIfPresent(key));
    }
}
