package io.sallyport.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The training run of the gates' images, with the identity that images/Dockerfile makes for it: it must come to its end. */
@Tag("full")
class TrainingScenarios {
    private static final Path IMAGES = Path.of("../images").toAbsolutePath().normalize();
    private static final Path TOOLS = Path.of(System.getProperty("java.home"), "bin");
    private static final Pattern STEP = Pattern.compile("^RUN \\[(.*?)\\]$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"");

    @TempDir
    static Path training;

    @BeforeAll
    static void identity() throws Exception {
        for (List<String> step : identitySteps()) {
            run(step);
        }
        String settings = Files.readString(IMAGES.resolve("training").resolve("application-training.yaml"));
        Files.writeString(
                training.resolve("application-training.yaml"),
                settings.replaceAll("(: )/training/", "$1" + training + "/"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"edge", "regional"})
    void aGateIsReadyToServeWithIt(String role) throws Exception {
        try (JarProcess gate = JarProcess.start(
                List.of("-Dspring.context.exit=onRefresh"),
                role + "-gateway",
                "Starting",
                List.of(
                        "--spring.profiles.active=training",
                        "--spring.config.additional-location=file:" + training + "/"))) {
            assertThat(gate.exitCode()).as("%s: %s", role, gate.lines()).isZero();
        }
    }

    /** The commands of the stage "identity", word by word. */
    private static List<List<String>> identitySteps() throws IOException {
        String file = Files.readString(IMAGES.resolve("Dockerfile"));
        String stage = file.substring(file.indexOf(" AS identity\n"));
        List<List<String>> steps = STEP.matcher(stage.substring(0, stage.indexOf("\n# ---")))
                .results()
                .map(step -> WORD.matcher(step.group(1))
                        .results()
                        .map(word -> word.group(1))
                        .toList())
                .toList();
        assertThat(steps).as("steps of the stage identity").hasSizeGreaterThan(1);
        return steps;
    }

    private static void run(List<String> step) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(TOOLS.resolve(step.getFirst()).toString());
        if (step.contains("TrainingIdentity")) { // from its source, since the stage that compiles it is another one
            command.addAll(List.of(IMAGES.resolve("TrainingIdentity.java").toString(), training.toString()));
        } else {
            command.addAll(step.subList(1, step.size()));
        }
        Process process = new ProcessBuilder(command)
                .directory(training.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("%s: %s", command, said).isZero();
    }
}
