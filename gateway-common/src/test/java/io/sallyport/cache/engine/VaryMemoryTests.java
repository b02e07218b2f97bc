package io.sallyport.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.cache.CacheKey;
import io.sallyport.cache.VariantKey;
import io.sallyport.cache.VariantKey.Nominated;
import io.sallyport.http.Fields;
import io.sallyport.http.RequestHead;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("RFC 9111, section 4.1: the last three Vary lists of a key are remembered")
class VaryMemoryTests {
    private static final CacheKey KEY = new CacheKey("r", "https", "a.example", "/", null);
    private static final RequestHead REQUEST =
            new RequestHead("GET", "https", "a.example", "/", null, Fields.of("A", "1", "B", "2", "C", "3", "D", "4"));

    private final VaryMemory memory = new VaryMemory();

    private void learn(String... names) {
        memory.learn(
                KEY,
                new VariantKey(Arrays.stream(names)
                        .map(name -> new Nominated(name, null))
                        .toList()));
    }

    private List<String> names() {
        return memory.of(KEY, REQUEST).nominated().stream().map(Nominated::name).toList();
    }

    @Test
    void nothingIsKnownOfANewKey() {
        learn();
        assertThat(memory.of(KEY, REQUEST)).isEqualTo(VariantKey.none());
    }

    @Test
    void theValuesAreTheRequests() {
        learn("a", "x");
        assertThat(memory.of(KEY, REQUEST))
                .isEqualTo(new VariantKey(List.of(new Nominated("a", "1"), new Nominated("x", null))));
    }

    @Test
    void whatOneOfThreeNominatesKeepsRequestsApart() {
        learn("a");
        learn("b");
        learn("a");
        learn("c");
        assertThat(names()).containsExactly("a", "b", "c");
    }

    @Test
    void theFourthDrivesOutTheOldest() {
        learn("a");
        learn("b");
        learn("c");
        learn("d");
        assertThat(names()).containsExactly("b", "c", "d");
    }

    @Test
    void listsThatDoNotComeAgainAreForgotten() {
        learn("a");
        learn();
        assertThat(names()).containsExactly("a");
        learn("b");
        learn("c");
        assertThat(names()).containsExactly("b", "c");
    }
}
