package io.sallyport.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FieldsTests {
    private static final List<String> NAMES = List.of("a", "A", "b", "Vary", "vary", "VARY", "c");

    @Test
    @DisplayName("RFC 9110 §5.1, §5.3: names ignore case and keep their spelling, lines keep their order")
    void namesAndOrder() {
        Fields fields = Fields.of("Vary", "a", "X", "1", "vary", "b");
        assertThat(fields.values("VARY")).containsExactly("a", "b");
        assertThat(fields.combined("vary")).hasValue("a, b");
        assertThat(fields.first("VARY")).hasValue("a");
        assertThat(fields.names()).containsExactly("vary", "x");
        assertThat(fields).extracting(Fields.Field::name).containsExactly("Vary", "X", "vary");
        assertThat(fields.with("vary", "c").values("Vary")).containsExactly("c");
        assertThat(fields.without(Set.of("vary"))).containsExactly(new Fields.Field("X", "1"));
    }

    @Test
    void aBuilderThatIsUsedFurtherChangesNothingThatItBuilt() {
        Fields.Builder builder = Fields.builder(2).add("a", "1").add("b", "2");
        Fields built = builder.build();
        Fields removed = builder.remove("a").build();
        Fields added = builder.add("c", "3").build();
        assertThat(built).isEqualTo(Fields.of("a", "1", "b", "2"));
        assertThat(removed).isEqualTo(Fields.of("b", "2"));
        assertThat(added).isEqualTo(Fields.of("b", "2", "c", "3"));
    }

    @Test
    void oddPairsAreRefused() {
        assertThatThrownBy(() -> Fields.of("a")).hasMessageContaining("pairs: 1");
    }

    @Test
    void doesWhatAListOfLinesDoes() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < 2000; round++) {
            List<Fields.Field> lines = new ArrayList<>();
            Fields.Builder builder = Fields.builder(random.nextInt(4));
            for (int step = random.nextInt(12); step > 0; step--) {
                String name = NAMES.get(random.nextInt(NAMES.size()));
                String value = String.valueOf(step);
                switch (random.nextInt(4)) {
                    case 0 -> {
                        builder.remove(name);
                        lines.removeIf(line -> line.name().equalsIgnoreCase(name));
                    }
                    case 1 -> {
                        builder.set(name, value);
                        lines.removeIf(line -> line.name().equalsIgnoreCase(name));
                        lines.add(new Fields.Field(name, value));
                    }
                    default -> {
                        builder.add(name, value);
                        lines.add(new Fields.Field(name, value));
                    }
                }
                if (random.nextInt(3) == 0) {
                    assertThat(builder.build()).as("seed %d", seed).containsExactlyElementsOf(lines);
                }
            }
            Fields fields = builder.build();
            String gone = NAMES.get(random.nextInt(NAMES.size())).toLowerCase(Locale.ROOT);
            Fields without = fields.without(Set.of(gone));
            lines.removeIf(line -> line.name().equalsIgnoreCase(gone));
            assertThat(without).as("seed %d", seed).containsExactlyElementsOf(lines);
            assertThat(without.toBuilder().build()).isEqualTo(without).hasSameHashCodeAs(without);
        }
    }
}
