package io.sallyport.cache.store;

import static io.sallyport.cache.store.StoreFixture.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.cache.CacheKey;
import io.sallyport.cache.StoredResponse;
import io.sallyport.cache.VariantKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The memory store, large enough to evict nothing, against a naive one. */
class MemoryStoreModelTests {
    private record Stored(CacheKey key, VariantKey variant, SegmentedBody body, int generation) {}

    private record InFlight(StoredResponse response, int generation) {}

    private final StoreFixture fixture = new StoreFixture(64 << 20);
    private final MemoryStore store = fixture.store;
    private final Map<CacheKey, List<Stored>> stored = new HashMap<>();
    private final List<Purge> purges = new ArrayList<>();

    @Test
    void answersAsANaiveStoreWould() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<InFlight> inFlight = new ArrayList<>();
        for (int step = 0; step < 6000; step++) {
            CacheKey key = key("h" + random.nextInt(2), "/" + "ab".charAt(random.nextInt(2)) + random.nextInt(4));
            VariantKey variant = StoreFixture.variant("v" + random.nextInt(3));
            switch (random.nextInt(12)) {
                case 0, 1, 2, 3 ->
                    inFlight.add(new InFlight(
                            fixture.response(key, variant, fixture.body(step, random.nextInt(3000))), purges.size()));
                case 4, 5, 6, 7 -> {
                    if (!inFlight.isEmpty()) {
                        put(inFlight.remove(random.nextInt(inFlight.size())));
                    }
                }
                case 8 -> freshen(key, random);
                case 9 -> {
                    if (random.nextInt(4) == 0) {
                        purge(random, key);
                    }
                }
                default -> fixture.pass(Duration.ofSeconds(1));
            }
            List<StoredResponse> found = store.variants(key);
            List<Stored> expected = expected(key);
            assertThat(found.stream().map(StoredResponse::body))
                    .as("seed %d, step %d", seed, step)
                    .containsExactlyElementsOf(
                            expected.stream().map(Stored::body).toList());
            for (int i = 0; i < found.size(); i++) {
                assertThat(found.get(i).freshness().lifetime().equals(Duration.ofHours(1)))
                        .as("seed %d, step %d: %s after %s", seed, step, expected.get(i), purges)
                        .isEqualTo(!covered(expected.get(i), Purge.Effect.SOFT));
            }
        }
        inFlight.forEach(one -> store.release(one.response()));
        store.clear();
        assertThat(store.usage()).isEqualTo(new StoreUsage(0, 0, 64 << 20));
    }

    private void put(InFlight fill) {
        StoredResponse response = fill.response();
        Stored candidate =
                new Stored(response.key(), response.variant(), SegmentedBody.of(response), fill.generation());
        boolean expected = !covered(candidate, Purge.Effect.HARD) && !urlPurged(candidate);
        assertThat(store.put(response)).isEqualTo(expected);
        store.release(response);
        if (expected) {
            List<Stored> variants = stored.computeIfAbsent(response.key(), _ -> new ArrayList<>());
            variants.removeIf(other -> other.variant().equals(response.variant()));
            variants.addFirst(candidate);
        }
    }

    private void freshen(CacheKey key, Random random) {
        List<StoredResponse> found = store.variants(key);
        if (!found.isEmpty()) {
            StoredResponse old = found.get(random.nextInt(found.size()));
            assertThat(store.replace(old, old.freshened(old.head(), StoreFixture.fresh(), store.sequence())))
                    .isTrue();
            List<Stored> variants = stored.getOrDefault(key, List.of());
            variants.removeIf(other -> other.body().equals(old.body()));
            variants.addFirst(new Stored(key, old.variant(), SegmentedBody.of(old), purges.size()));
        }
    }

    private void purge(Random random, CacheKey key) {
        Purge.Scope scope = switch (random.nextInt(8)) {
            case 0 -> new Purge.All();
            case 1 -> new Purge.Host(key.host());
            case 2, 3 -> new Purge.Prefix(key.host(), key.path().substring(0, 2));
            default -> new Purge.Url(key);
        };
        Purge purge = new Purge(scope, random.nextBoolean() ? Purge.Effect.HARD : Purge.Effect.SOFT);
        List<Stored> before = expected(key);
        purges.add(purge);
        Purged purged = store.purge(purge);
        assertThat(purged.sequence()).isEqualTo(purges.size());
        if (scope instanceof Purge.Url) {
            long listed = stored.getOrDefault(key, List.of()).size();
            assertThat(purged.responses().orElseThrow()).isBetween((long) before.size(), listed);
        }
    }

    private List<Stored> expected(CacheKey key) {
        return stored.getOrDefault(key, List.of()).stream()
                .filter(one -> !covered(one, Purge.Effect.HARD))
                .toList();
    }

    private boolean covered(Stored response, Purge.Effect effect) {
        return purges.subList(response.generation(), purges.size()).stream()
                .anyMatch(purge -> purge.effect() == effect
                        && switch (purge.scope()) {
                            case Purge.Url(CacheKey key) -> key.equals(response.key());
                            case Purge.Host(String host) ->
                                host.equals(response.key().host());
                            case Purge.Prefix(String host, String path) ->
                                host.equals(response.key().host())
                                        && response.key().path().startsWith(path);
                            case Purge.All() -> true;
                        });
    }

    private boolean urlPurged(Stored response) {
        return purges.subList(response.generation(), purges.size()).stream()
                .anyMatch(purge -> purge.scope() instanceof Purge.Url(CacheKey key) && key.equals(response.key()));
    }
}
