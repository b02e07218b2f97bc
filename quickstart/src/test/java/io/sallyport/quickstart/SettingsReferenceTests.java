package io.sallyport.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SettingsReferenceTests {
    private static final Path PAGE = Path.of("../docs/settings.md");

    @Test
    void thePageSaysWhatTheCodeSays() throws IOException {
        String page = SettingsReference.page();
        if ("write".equals(System.getProperty("sallyport.settings"))) {
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE)
                .as("to write it anew: ./mvnw test -pl quickstart -am -Dtest=SettingsReferenceTests"
                        + " -Dsurefire.failIfNoSpecifiedTests=false -Dsallyport.settings=write")
                .content()
                .isEqualTo(page);
    }

    @Test
    void everySettingHasAMeaning() {
        assertThat(SettingsReference.page().lines().filter(line -> line.startsWith("| `")))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).doesNotEndWith("|  |"));
    }
}
