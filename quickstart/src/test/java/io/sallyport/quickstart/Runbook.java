package io.sallyport.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page of docs/runbooks whose commands are run as they are written, in the order in which they stand. */
final class Runbook {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern BLOCK = Pattern.compile("^```sh\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    private final String script;

    private Runbook(String script) {
        this.script = script;
    }

    static Runbook of(String page) throws IOException {
        StringBuilder script = new StringBuilder("set -euo pipefail\n");
        Matcher blocks =
                BLOCK.matcher(Files.readString(ROOT.resolve("docs/runbooks").resolve(page)));
        while (blocks.find()) {
            script.append(blocks.group(1));
        }
        return new Runbook(script.toString());
    }

    /** Runs all commands in a directory that has the jar of the PKI; answers what they have said. */
    String run(Path directory, Map<String, String> variables) throws IOException, InterruptedException {
        Path jar = directory.resolve("pki-service.jar");
        if (!Files.exists(jar)) {
            Files.createSymbolicLink(jar, ROOT.resolve("pki-service/target/pki-service.jar"));
        }
        Path file = Files.writeString(directory.resolve("runbook.sh"), script);
        Path said = directory.resolve("runbook.out");
        ProcessBuilder builder = new ProcessBuilder("bash", file.toString())
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        builder.environment().putAll(variables);
        builder.environment()
                .merge("PATH", System.getProperty("java.home") + "/bin", (path, java) -> java + ":" + path);
        Process process = builder.start();
        boolean ended = process.waitFor(240, TimeUnit.SECONDS);
        process.destroyForcibly();
        String text = Files.readString(said, StandardCharsets.UTF_8);
        assertThat(ended).as("the runbook's end; so far: %s", text).isTrue();
        assertThat(process.exitValue()).as(text).isZero();
        return text;
    }
}
