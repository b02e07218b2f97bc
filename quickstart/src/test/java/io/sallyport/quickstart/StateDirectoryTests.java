package io.sallyport.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTests {
    @TempDir
    Path temporary;

    @Test
    void aMissingDirectoryIsMadeForItsOwnerOnly() throws IOException {
        Path path = temporary.resolve("a/b");
        try (StateDirectory state = StateDirectory.take(path)) {
            assertThat(state.path()).isDirectory();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void aFileIsRefused() throws IOException {
        Path file = Files.writeString(temporary.resolve("file"), "");
        assertThatExceptionOfType(CannotStartException.class)
                .isThrownBy(() -> StateDirectory.take(file))
                .withMessage("--state must be a directory: %s is a file", file);
    }

    @Test
    void aDirectoryBelowAFileIsRefused() throws IOException {
        Path below = Files.writeString(temporary.resolve("file"), "").resolve("state");
        assertThatExceptionOfType(CannotStartException.class)
                .isThrownBy(() -> StateDirectory.take(below))
                .withMessageStartingWith("--state must be a directory that can be written: %s (", below);
    }

    @Test
    void aDirectoryThatCannotBeWrittenIsRefused() {
        // Even the superuser makes no file there.
        Path unwritable = Path.of("/proc/self");
        org.assertj.core.api.Assumptions.assumeThat(unwritable).isDirectory();
        assertThatExceptionOfType(CannotStartException.class)
                .isThrownBy(() -> StateDirectory.take(unwritable))
                .withMessageStartingWith("--state must be a directory that can be written: /proc/self (");
    }

    @Test
    void oneQuickstartAtATimeOwnsIt() {
        StateDirectory first = StateDirectory.take(temporary);
        assertThatExceptionOfType(CannotStartException.class)
                .isThrownBy(() -> StateDirectory.take(temporary))
                .withMessageStartingWith("--state %s is in use", temporary);
        first.close();
        StateDirectory.take(temporary).close();
    }
}
