package io.sallyport.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The training run of each image, with the commands and settings of images/Dockerfile: it must come to its end, after less load.
 * No cache is written, which takes most of the time.
 */
@Tag("full")
class TrainingScenarios {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final List<String> SOURCES =
            List.of("HealthCheck.java", "TrainingLoad.java", "TrainingOrigin.java", "TrainingRun.java");
    private static final Path TOOLS = Path.of(System.getProperty("java.home"), "bin");
    private static final Pattern SERVICE_JAR = Pattern.compile("/training/(pki|edge|regional)/application\\.jar");
    private static final Pattern STEP = Pattern.compile("^RUN \\[(.*?)\\]$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"");

    private static final String SECONDS_OF_LOAD = "30";

    @TempDir
    Path work;

    @ParameterizedTest
    @ValueSource(strings = {"pki", "edge", "regional"})
    void aServiceDoesItsWorkAndEnds(String target) throws Exception {
        Files.createDirectories(work.resolve("classes"));
        for (String file : SOURCES) {
            String source = Files.readString(ROOT.resolve("images").resolve(file));
            Files.writeString(work.resolve(file), local(source, target));
        }
        run(Stream.concat(Stream.of("javac", "-d", "classes"), SOURCES.stream()).toList());
        String settings = Files.readString(ROOT.resolve("images/training/application-training.yaml"));
        Files.writeString(work.resolve("application-training.yaml"), local(settings, target));
        for (List<String> step : steps(target)) {
            run(step.stream().map(word -> local(word, target)).toList());
        }
    }

    /** What lies in the image lies in the directory of this test, and the jars where they are built. */
    private String local(String text, String target) {
        return SERVICE_JAR
                .matcher(text)
                .replaceAll(found -> jar(found.group(1)).toString())
                .replace("\"java\", \"-jar\"", "\"" + TOOLS.resolve("java") + "\", \"-jar\"")
                .replace("/training/", work + "/")
                .replace("/application/", work + "/")
                .replaceAll("^application\\.jar$", jar(target).toString());
    }

    private static Path jar(String target) {
        String module = target.equals("pki") ? "pki-service" : target + "-gateway";
        return ROOT.resolve(module).resolve("target").resolve(module + ".jar");
    }

    /** The commands of a target's stage "training", word by word. */
    private static List<List<String>> steps(String target) throws IOException {
        String file = Files.readString(ROOT.resolve("images/Dockerfile"));
        String stage = file.substring(file.indexOf(" AS " + target + "-training\n"));
        List<List<String>> steps = STEP.matcher(stage.substring(0, stage.indexOf("\nFROM ")))
                .results()
                .map(step -> WORD.matcher(step.group(1))
                        .results()
                        .map(word -> word.group(1))
                        .filter(word -> !word.startsWith("-XX:AOTCacheOutput="))
                        .map(word -> word.equals(SECONDS_OF_LOAD) ? "4" : word)
                        .toList())
                .toList();
        assertThat(steps).as("steps of the training of " + target).hasSize(2);
        return steps;
    }

    private void run(List<String> step) throws Exception {
        List<String> command = step.stream()
                .map(word -> word.equals("java") || word.equals("javac")
                        ? TOOLS.resolve(word).toString()
                        : word)
                .toList();
        Path said = work.resolve("said");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(work.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        builder.environment().put("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1");
        Process process = builder.start();
        try {
            assertThat(process.waitFor(180, TimeUnit.SECONDS))
                    .as("%s ends", command)
                    .isTrue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        assertThat(process.exitValue())
                .as("%s: %s", command, Files.readString(said, StandardCharsets.UTF_8))
                .isZero();
    }
}
