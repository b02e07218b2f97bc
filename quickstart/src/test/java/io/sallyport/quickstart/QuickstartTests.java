package io.sallyport.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is refused before any application starts. */
class QuickstartTests {
    @TempDir
    Path temporary;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void helpIsPrintedAndNothingStarts() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("Usage: quickstart", "--regional.management-port");
        assertThat(err.size()).isZero();
    }

    @Test
    void aWrongOptionIsOneLine() {
        assertThat(run("--edges=9")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("quickstart: --edges must be a number from 1 to 8: 9\n");
        assertThat(out.size()).isZero();
    }

    @Test
    void aStateDirectoryThatIsAFileIsOneLine() throws IOException {
        Path file = Files.writeString(temporary.resolve("file"), "");
        assertThat(run("--state=" + file)).isOne();
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("quickstart: --state must be a directory: " + file + " is a file\n");
    }

    @Test
    void aTakenPortIsOneLineAndTheStateDirectoryIsGivenBack() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(run("--state=" + temporary, "--pki.port=" + taken.getLocalPort()))
                    .isOne();
            assertThat(err.toString(StandardCharsets.UTF_8))
                    .startsWith("quickstart: port " + taken.getLocalPort() + " is taken: ")
                    .contains("--pki.port=PORT")
                    .hasLineCount(1);
        }
        StateDirectory.take(temporary).close();
    }

    private int run(String... arguments) {
        Applications none = new Applications(Object.class, Object.class, Object.class);
        return new Quickstart(
                        none,
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(arguments);
    }
}
