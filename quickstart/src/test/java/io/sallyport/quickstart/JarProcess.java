package io.sallyport.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A runnable jar of this build as a process of its own, with all that it has said. */
final class JarProcess implements AutoCloseable {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final CompletableFuture<String> said = new CompletableFuture<>();
    private final String awaited;
    private final Process process;
    private final Thread listener;

    private JarProcess(String awaited, Process process) {
        this.awaited = awaited;
        this.process = process;
        listener = Thread.ofVirtual().start(this::listen);
    }

    /**
     * Starts the jar of a module.
     *
     * @param awaited what a line contains from which on it is ready
     */
    static JarProcess start(String module, String awaited, List<String> arguments) throws IOException {
        return start(List.of(), module, awaited, arguments);
    }

    /** The same with options for the JVM. */
    static JarProcess start(List<String> options, String module, String awaited, List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1")); // it will not run for long
        command.addAll(options);
        command.add("-jar");
        command.add(
                ROOT.resolve(module).resolve("target").resolve(module + ".jar").toString());
        command.addAll(arguments);
        return new JarProcess(
                awaited, new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    /** Waits until it is ready. */
    JarProcess ready() throws Exception {
        try {
            said.get(120, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("never said \"" + awaited + "\": " + String.join("\n", lines), e);
        }
        return this;
    }

    /** Waits for its end; answers the exit code. */
    int exitCode() throws InterruptedException {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended: %s", lines).isTrue();
        listener.join();
        return process.exitValue();
    }

    /** Tells it to end, as an operator does with SIGTERM, and answers whether it did so in time. */
    boolean endsWithin(long seconds) throws InterruptedException {
        process.toHandle().destroy(); // Process.destroy() would close the streams, and its last lines would be lost
        boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
        if (ended) {
            listener.join();
        }
        return ended;
    }

    /** What it has said so far, both streams. */
    List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private void listen() {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                lines.add(line);
                if (line.contains(awaited)) {
                    said.complete(line);
                }
            }
        } catch (IOException e) {
            lines.add(e.toString());
        } finally {
            said.completeExceptionally(new IllegalStateException("it ended"));
        }
    }
}
