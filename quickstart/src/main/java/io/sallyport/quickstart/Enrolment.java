package io.sallyport.quickstart;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;

/** Gives a node that has no certificate, or one that has ended, a one-time token with which it gets one itself. */
final class Enrolment {
    /** A certificate that ends sooner is not worth a renewal. */
    private static final Duration ENOUGH = Duration.ofMinutes(1);

    private final StateDirectory state;
    private final Hierarchy hierarchy;
    private final AdminApi pki;
    private final InstantSource clock;

    Enrolment(StateDirectory state, Hierarchy hierarchy, AdminApi pki, InstantSource clock) {
        this.state = state;
        this.hierarchy = hierarchy;
        this.pki = pki;
        this.clock = clock;
    }

    /** Answers where the node's token would be: without one the node must have a certificate that serves. */
    Path prepare(Node node) {
        Path directory = state.node(node.id());
        Path tokenFile = directory.resolve("token");
        try {
            Files.createDirectories(directory);
            Files.deleteIfExists(tokenFile);
            if (!Credentials.in(directory).serveAt(clock.instant().plus(ENOUGH), hierarchy.root())) {
                write(tokenFile, pki.enrolmentToken(node));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return tokenFile;
    }

    private static void write(Path tokenFile, String token) throws IOException {
        if (Files.getFileStore(tokenFile.getParent()).supportsFileAttributeView("posix")) {
            Files.createFile(
                    tokenFile, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        Files.writeString(tokenFile, token);
    }
}
