package io.sallyport.quickstart;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The directory in which the quickstart keeps its state: the CA, the nodes' keys and certificates, and where to find them.
 *
 * <p>One quickstart at a time owns it, until {@link #close()}.
 */
final class StateDirectory implements AutoCloseable {
    private static final Set<PosixFilePermission> OWNER_ONLY =
            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    private final Path path;
    private final FileChannel lockFile;

    private StateDirectory(Path path, FileChannel lockFile) {
        this.path = path;
        this.lockFile = lockFile;
    }

    /** Makes the directory if it is missing, and takes it; refuses one that cannot serve. */
    static StateDirectory take(Path path) {
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new CannotStartException("--state must be a directory: %s is a file".formatted(path));
        }
        try {
            if (!Files.isDirectory(path)) {
                Files.createDirectories(path);
                if (Files.getFileStore(path).supportsFileAttributeView("posix")) {
                    Files.setPosixFilePermissions(path, OWNER_ONLY);
                }
            }
            FileChannel lockFile =
                    FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (lock(lockFile) == null) {
                lockFile.close();
                throw new CannotStartException(
                        "--state %s is in use: end the other quickstart, or choose another directory".formatted(path));
            }
            return new StateDirectory(path, lockFile);
        } catch (IOException e) {
            throw new CannotStartException(
                    "--state must be a directory that can be written: %s (%s)".formatted(path, reason(e)), e);
        }
    }

    private static @Nullable FileLock lock(FileChannel lockFile) throws IOException {
        try {
            return lockFile.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> "cannot be made";
            case FileSystemException failed when failed.getReason() != null -> failed.getReason();
            default -> e.getClass().getSimpleName();
        };
    }

    Path path() {
        return path;
    }

    /** Answers a place below this directory. */
    Path resolve(String place) {
        return path.resolve(place);
    }

    /** Answers the file that says where everything is once it is ready. */
    Path endpoints() {
        return path.resolve("endpoints.json");
    }

    /** Answers the directory in which a node keeps key.pem, chain.pem and trust.pem. */
    Path node(String nodeId) {
        return path.resolve("nodes").resolve(nodeId);
    }

    @Override
    public void close() {
        try {
            lockFile.close();
        } catch (IOException e) {
            // The lock ends with the process at the latest.
        }
    }
}
