package io.sallyport.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HierarchyTests {
    @TempDir
    Path temporary;

    private final Instant now = Instant.now();
    private StateDirectory state;

    @BeforeEach
    void take() {
        state = StateDirectory.take(temporary);
    }

    @AfterEach
    void giveBack() {
        state.close();
    }

    @Test
    void theFirstStartMakesEverything() throws IOException {
        Hierarchy hierarchy = at(Duration.ZERO);
        assertThat(hierarchy.prepare()).isTrue();
        assertThat(hierarchy.admin().serveAt(now, hierarchy.root())).isTrue();
        assertThat(hierarchy.customer().serveAt(now, state.resolve("customer-ca.pem")))
                .isTrue();
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(hierarchy.admin().key())))
                .isEqualTo("rw-------");
        assertThat(hierarchy.admin().trust()).hasSameTextualContentAs(hierarchy.root());
    }

    @Test
    void theSecondStartChangesNothing() throws IOException {
        at(Duration.ZERO).prepare();
        Map<Path, String> before = files();
        assertThat(at(Duration.ofDays(20)).prepare()).isFalse();
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void whatHasBeenDamagedIsMadeAnew() throws IOException {
        Hierarchy hierarchy = at(Duration.ZERO);
        hierarchy.prepare();
        String root = Files.readString(hierarchy.root());
        Files.writeString(hierarchy.admin().chain(), "nothing");
        Files.delete(hierarchy.customer().key());
        assertThat(hierarchy.prepare()).isFalse();
        assertThat(hierarchy.admin().serveAt(now, hierarchy.root())).isTrue();
        assertThat(hierarchy.customer().serveAt(now, state.resolve("customer-ca.pem")))
                .isTrue();
        assertThat(hierarchy.root()).hasContent(root);
    }

    @Test
    void anotherRootIsRefused() throws IOException {
        at(Duration.ZERO).prepare();
        Files.delete(state.resolve("root/root.pem"));
        Files.delete(state.resolve("root/root-key.pem"));
        assertThatExceptionOfType(CannotStartException.class)
                .isThrownBy(() -> at(Duration.ZERO).prepare())
                .withMessageStartingWith("the certificates in --state %s cannot be used: ", temporary)
                .withMessageEndingWith("; choose an empty directory");
    }

    private Hierarchy at(Duration later) {
        return new Hierarchy(state, InstantSource.fixed(now.plus(later)));
    }

    private Map<Path, String> files() throws IOException {
        Map<Path, String> contents = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(temporary)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                contents.put(path, Files.readString(path));
            }
        }
        return contents;
    }
}
