package io.sallyport.pki.ca;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Files of a state directory: written aside and renamed, so that a reader sees the old or the new one, whole. */
public final class StateFiles {
    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    private StateFiles() {}

    /** The whole text of a file. */
    public static String readText(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.US_ASCII);
        } catch (NoSuchFileException e) {
            throw new UnusableFileException(file + " does not exist", e);
        } catch (IOException e) {
            throw new UnusableFileException(file + " cannot be read: " + e, e);
        }
    }

    /** Makes a directory, and those above it. */
    public static void makeDirectory(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UnusableFileException(directory + " cannot be used as a directory: " + reason(e), e);
        }
        if (!Files.isWritable(directory)) {
            throw new UnusableFileException(directory + " is not writable");
        }
    }

    /** Writes a file that everybody may read. */
    public static void writePublic(Path file, byte[] octets) {
        write(file, octets, "rw-r--r--");
    }

    /** Writes a file for its owner only (mode 0600). */
    public static void writeSecret(Path file, byte[] octets) {
        write(file, octets, "rw-------");
    }

    private static void write(Path file, byte[] octets, String mode) {
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null) {
            throw new UnusableFileException(file + " is not a file name");
        }
        makeDirectory(directory);
        FileAttribute<?>[] attributes = POSIX
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        try {
            Path aside = Files.createTempFile(directory, "." + file.getFileName(), ".new", attributes);
            try {
                Files.write(aside, octets);
                if (POSIX) {
                    Files.setPosixFilePermissions(aside, PosixFilePermissions.fromString(mode));
                }
                Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(aside);
            }
        } catch (IOException e) {
            throw new UnusableFileException(file + " cannot be written: " + reason(e), e);
        }
    }

    private static String reason(IOException e) {
        return switch (e) {
            case FileAlreadyExistsException _ -> "there is a file of that name";
            case AccessDeniedException _ -> "permission denied";
            case FileSystemException f when f.getReason() != null -> f.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }
}
