package io.sallyport.cache.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.cache.CachePolicy;
import io.sallyport.cache.CachePolicy.Mode;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("The cache does what a naive reading of RFC 9111 does")
class HistoryTests {
    private static final List<String> TARGETS = List.of("CDN-Cache-Control");
    private static final int HISTORIES = 2_000;
    private static final int MANY_HISTORIES = 20_000;
    private static final long FIRST_SEED = 9111;
    private static final int PROGRESS = 100_000;

    @Test
    void inRandomHistories() {
        // Always the same ones, so that a build is repeatable.
        compare(HISTORIES, FIRST_SEED);
    }

    @Test
    @Tag("full")
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void inManyRandomHistories() {
        // Others every time; -Dfirst=N plays the same again, -Dhistories=N more or fewer.
        long first = Long.getLong("first", new SecureRandom().nextLong() >>> 16);
        int histories = Integer.getInteger("histories", MANY_HISTORIES);
        System.out.printf("%d random histories: -Dfirst=%d%n", histories, first);
        compare(histories, first);
    }

    private static void compare(int histories, long firstSeed) {
        Long repeated = Long.getLong("seed");
        long first = repeated == null ? firstSeed : repeated;
        Map<Choice, Integer> choices = new EnumMap<>(Choice.class);
        Map<Outcome.Source, Integer> sources = new EnumMap<>(Outcome.Source.class);
        Map<Mode, Engine> engines = new EnumMap<>(Mode.class);
        for (Mode mode : Mode.values()) {
            engines.put(mode, new Engine(CachePolicy.of(mode, TARGETS)));
        }
        for (long seed = first; seed < first + (repeated == null ? histories : 1); seed++) {
            long history = seed;
            if ((seed - first) % PROGRESS == PROGRESS - 1) {
                System.out.printf("%,d histories played%n", seed - first + 1);
            }
            engines.forEach((mode, engine) -> compare(history, mode, engine, choices, sources));
        }
        engines.values().forEach(Engine::beginAnew);
        if (repeated == null) {
            assertThat(choices.keySet()).as("every choice is met").containsExactly(Choice.values());
            assertThat(sources.keySet()).as("every outcome is met").containsExactly(Outcome.Source.values());
        }
    }

    private static void compare(
            long seed, Mode mode, Engine engine, Map<Choice, Integer> choices, Map<Outcome.Source, Integer> sources) {
        engine.beginAnew();
        NaiveCache naive = new NaiveCache(mode == Mode.SECURE);
        List<Object> told = new ArrayList<>();
        for (Step step : new HistoryMaker(seed).history()) {
            switch (step) {
                case Step.Passes passes -> {
                    engine.passes(passes.seconds());
                    naive.passes(passes.seconds());
                    told.add(step);
                }
                case Step.Asks ask -> {
                    Outcome outcome = engine.asks(ask);
                    told.add(ask);
                    told.add(outcome);
                    assertThat(outcome)
                            .as(() -> "seed=%d mode=%s%n%s%n".formatted(seed, mode, lines(told)))
                            .isEqualTo(naive.asks(ask));
                    sources.merge(outcome.source(), 1, Integer::sum);
                }
            }
        }
        naive.choices().forEach((choice, times) -> choices.merge(choice, times, Integer::sum));
    }

    private static String lines(List<Object> told) {
        return told.stream().map(Object::toString).collect(Collectors.joining("\n"));
    }
}
