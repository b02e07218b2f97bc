package io.sallyport.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.http.EntityTag.Condition;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntityTagTests {
    @Test
    @DisplayName("RFC 9110, section 8.8.3: strong and weak tags, with any octet but the quotation mark")
    void wellFormedTagsAreRead() {
        assertThat(EntityTag.parse("\"xyzzy\"")).contains(new EntityTag("xyzzy", false));
        assertThat(EntityTag.parse("W/\"a,\\b\"")).contains(new EntityTag("a,\\b", true));
        assertThat(EntityTag.parse("\"\"")).contains(new EntityTag("", false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"", "abc", "w/\"a\"", "W\"a\"", "W\\\"a\"", "\"a\"b\"", "\"a b\"", "\"a\" "})
    void anythingElseIsNoTag(String text) {
        assertThat(EntityTag.parse(text)).isEmpty();
    }

    @Test
    @DisplayName("RFC 9110, section 8.8.3.2: the table of weak and strong comparison")
    void comparison() {
        EntityTag weak1 = new EntityTag("1", true);
        EntityTag weak2 = new EntityTag("2", true);
        EntityTag strong1 = new EntityTag("1", false);

        assertThat(weak1.matchesStrongly(weak1)).isFalse();
        assertThat(weak1.matchesWeakly(weak1)).isTrue();
        assertThat(weak1.matchesWeakly(weak2)).isFalse();
        assertThat(weak1.matchesStrongly(strong1)).isFalse();
        assertThat(weak1.matchesWeakly(strong1)).isTrue();
        assertThat(strong1.matchesStrongly(strong1)).isTrue();
    }

    @Test
    @DisplayName("RFC 9110, section 13.1.2: If-None-Match lists tags over lines, or is *")
    void conditionsAreRead() {
        assertThat(EntityTag.condition(Fields.empty(), "If-None-Match")).isEmpty();
        assertThat(EntityTag.condition(Fields.of("If-None-Match", " * "), "If-None-Match"))
                .contains(new Condition.Any());
        assertThat(EntityTag.condition(
                        Fields.of("If-None-Match", "\"a,b\", bad, W/\"c\"", "if-none-match", "\"d\\\",\"e\""),
                        "If-None-Match"))
                .contains(new Condition.Tags(List.of(
                        new EntityTag("a,b", false),
                        new EntityTag("c", true),
                        new EntityTag("d\\", false),
                        new EntityTag("e", false))));
    }

    @Test
    void aTagGivenTwiceIsNone() {
        assertThat(EntityTag.of(Fields.of("ETag", "\"a\"", "ETag", "\"a\""))).isEmpty();
        assertThat(EntityTag.of(Fields.of("ETag", "\"a\""))).contains(new EntityTag("a", false));
    }
}
