package io.sallyport.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The chart's README is made of the comments in values.yaml: {@code -Dsallyport.readme=write} writes it, every other run
 * compares.
 */
class ReadmeTests {
    private static final Path README = Chart.DIRECTORY.resolve("README.md");

    @Test
    void theReadmeSaysWhatTheValuesSay() throws IOException {
        String expected = Readme.of(Files.readString(Chart.DIRECTORY.resolve("values.yaml")));
        if ("write".equals(System.getProperty("sallyport.readme"))) {
            Files.writeString(README, expected);
        }
        assertThat(README).hasContent(expected);
    }

    @Test
    void everyValueHasADescription() throws IOException {
        assertThat(Readme.withoutDescription(Files.readString(Chart.DIRECTORY.resolve("values.yaml"))))
                .isEmpty();
    }
}
