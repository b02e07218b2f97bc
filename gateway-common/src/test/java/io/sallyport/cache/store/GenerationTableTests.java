package io.sallyport.cache.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.cache.CacheKey;
import io.sallyport.cache.StoredResponse;
import io.sallyport.cache.VariantKey;
import io.sallyport.http.Fields;
import io.sallyport.http.ResponseHead;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GenerationTableTests {
    private static final Instant NOW = StoreFixture.START;

    @Test
    void nothingPurgedLeavesEverythingValid() {
        GenerationTable table = new GenerationTable();
        assertThat(table.sequence()).isZero();
        assertThat(table.judge(response("a", "/", 0))).isEqualTo(Validity.VALID);
        assertThat(table.mayStore(response("a", "/", 0))).isTrue();
    }

    @Test
    void aPurgeEndsWhatWasAskedForBeforeIt() {
        GenerationTable table = new GenerationTable();
        table.purge(Purge.hard(new Purge.Prefix("A", "/img/")), NOW);
        assertThat(table.judge(response("a", "/img/1", 0))).isEqualTo(Validity.GONE);
        assertThat(table.judge(response("a", "/img", 0))).isEqualTo(Validity.VALID);
        assertThat(table.judge(response("b", "/img/1", 0))).isEqualTo(Validity.VALID);
        assertThat(table.judge(response("a", "/img/1", 1))).isEqualTo(Validity.VALID);
    }

    @Test
    void aPurgeOfAUrlKeepsItsFillInFlightOut() {
        GenerationTable table = new GenerationTable();
        StoredResponse inFlight = response("a", "/x", table.sequence());
        table.purge(Purge.hard(new Purge.Url(inFlight.key())), NOW);
        assertThat(table.mayStore(inFlight)).isFalse();
        assertThat(table.judge(inFlight)).isEqualTo(Validity.VALID);
        assertThat(table.mayStore(response("a", "/y", 0))).isTrue();
        assertThat(table.mayStore(response("a", "/x", 1))).isTrue();
    }

    @Test
    void aResponseSupersedesWhatWasStoredUnlessAnotherPurgeCoversItsUrl() {
        GenerationTable table = new GenerationTable();
        CacheKey key = response("a", "/x", 0).key();
        CacheKey other = response("a", "/y", 0).key();
        table.purge(Purge.hard(new Purge.Url(other)), NOW);
        assertThat(table.supersede(key, 0, NOW)).isEqualTo(new GenerationTable.Superseded(2, true));
        assertThat(table.mayStore(response("a", "/x", 2))).isTrue();
        assertThat(table.mayStore(response("a", "/x", 1))).isFalse();
        assertThat(table.supersede(key, 1, NOW)).isEqualTo(new GenerationTable.Superseded(3, false));
        table.purge(Purge.soft(new Purge.Host("a")), NOW);
        assertThat(table.supersede(key, 3, NOW)).isEqualTo(new GenerationTable.Superseded(5, false));
        assertThat(table.supersede(key, 4, NOW).alone()).isFalse();
        assertThat(table.supersede(key, 6, NOW)).isEqualTo(new GenerationTable.Superseded(7, true));
    }

    @Test
    void aPrefixThatOverflowsWidensToItsHostAndAHostToEverything() {
        GenerationTable table = new GenerationTable(new GenerationTable.Bounds(2, 2));
        purgePrefix(table, "a", "/1"); // 1
        purgePrefix(table, "a", "/2"); // 2
        assertThat(table.judge(response("a", "/other", 0))).isEqualTo(Validity.VALID);
        purgePrefix(table, "a", "/3"); // 3: /1 widens to a
        assertThat(table.judge(response("a", "/other", 0))).isEqualTo(Validity.GONE);
        assertThat(table.judge(response("a", "/other", 1))).isEqualTo(Validity.VALID);
        assertThat(table.judge(response("a", "/3", 2))).isEqualTo(Validity.GONE);
        purgePrefix(table, "b", "/"); // 4
        assertThat(table.judge(response("d", "/", 0))).isEqualTo(Validity.VALID);
        purgePrefix(table, "c", "/"); // 5: a widens to everything
        assertThat(table.judge(response("d", "/", 2))).isEqualTo(Validity.GONE);
        assertThat(table.judge(response("d", "/", 3))).isEqualTo(Validity.VALID);
    }

    @Test
    void judgesAsAListOfAllPurgesWould() {
        agreesWithReference(GenerationTable.Bounds.DEFAULT, true);
    }

    @Test
    void aBoundedTableIsNeverMoreLenientThanAListOfAllPurges() {
        agreesWithReference(new GenerationTable.Bounds(2, 2), false);
    }

    private static void agreesWithReference(GenerationTable.Bounds bounds, boolean exact) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 100; round++) {
            GenerationTable table = new GenerationTable(bounds);
            List<Purge> purges = new ArrayList<>();
            for (int step = 0; step < 60; step++) {
                if (random.nextInt(3) == 0) {
                    Purge purge =
                            new Purge(scope(random), random.nextBoolean() ? Purge.Effect.HARD : Purge.Effect.SOFT);
                    purges.add(purge);
                    assertThat(table.purge(purge, NOW)).isEqualTo(purges.size());
                }
                StoredResponse response = response(host(random), path(random), random.nextInt(purges.size() + 1));
                Validity expected = reference(purges, response);
                boolean storable = expected != Validity.GONE && !isUrlPurged(purges, response);
                String description = "seed " + seed + ": " + response + " after " + purges;
                if (exact) {
                    assertThat(table.judge(response)).as(description).isEqualTo(expected);
                    assertThat(table.mayStore(response)).as(description).isEqualTo(storable);
                } else {
                    assertThat(table.judge(response)).as(description).isGreaterThanOrEqualTo(expected);
                    assertThat(table.mayStore(response) && !storable)
                            .as(description)
                            .isFalse();
                }
                StoredResponse newest = response(host(random), path(random), purges.size());
                assertThat(table.judge(newest)).isEqualTo(Validity.VALID);
                assertThat(table.mayStore(newest)).isTrue();
            }
        }
    }

    private static Validity reference(List<Purge> purges, StoredResponse response) {
        Validity validity = Validity.VALID;
        for (int i = (int) response.generation(); i < purges.size(); i++) {
            Purge purge = purges.get(i);
            boolean covers = switch (purge.scope()) {
                case Purge.Url _ -> false;
                case Purge.Host(String host) -> host.equals(response.key().host());
                case Purge.Prefix(String host, String path) ->
                    host.equals(response.key().host()) && response.key().path().startsWith(path);
                case Purge.All() -> true;
            };
            if (covers && purge.effect() == Purge.Effect.HARD) {
                return Validity.GONE;
            }
            validity = covers ? Validity.STALE : validity;
        }
        return validity;
    }

    private static boolean isUrlPurged(List<Purge> purges, StoredResponse response) {
        return purges.subList((int) response.generation(), purges.size()).stream()
                .anyMatch(purge -> purge.scope() instanceof Purge.Url(CacheKey key) && key.equals(response.key()));
    }

    private static Purge.Scope scope(Random random) {
        return switch (random.nextInt(12)) {
            case 0 -> new Purge.All();
            case 1, 2 -> new Purge.Host(host(random));
            case 3, 4, 5, 6, 7 -> new Purge.Prefix(host(random), path(random));
            default -> new Purge.Url(StoreFixture.key(host(random), path(random)));
        };
    }

    private static String host(Random random) {
        return "h" + random.nextInt(4);
    }

    private static String path(Random random) {
        return "/aaaa".substring(0, 1 + random.nextInt(5)) + (random.nextBoolean() ? "b" : "");
    }

    private static void purgePrefix(GenerationTable table, String host, String path) {
        table.purge(Purge.hard(new Purge.Prefix(host, path)), NOW);
    }

    private static StoredResponse response(String host, String path, long generation) {
        return new StoredResponse(
                StoreFixture.key(host, path),
                VariantKey.none(),
                new ResponseHead(200, Fields.empty()),
                StoreFixture.fresh(),
                Set.of(),
                generation,
                () -> 0);
    }
}
