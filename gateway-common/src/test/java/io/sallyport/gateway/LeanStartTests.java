package io.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeanStartTests {
    /** A pattern that the JVM does not understand makes it refuse them all, which nobody would notice but by the clock. */
    @Test
    void theJvmUnderstandsTheDirectives() throws Exception {
        assertThat(LeanStart.tell()).asString().contains("1 compiler directives added");
    }
}
