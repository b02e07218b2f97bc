package io.sallyport.identity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Files that are read again and again, and told of once their contents have stayed the same from one look to the next.
 *
 * <p>Contents are compared, not times or names: a symbolic link that is swapped (as Kubernetes does), a file that is
 * renamed into place and one that is overwritten look the same. Confined to one thread.
 */
public final class WatchedFiles {
    private static final int LARGEST = 64 * 1024 * 1024;

    private final List<Path> files;
    private List<String> judged = List.of();
    private List<String> seen = List.of();

    /** What the files held at one look; a file that cannot be read says so when it is asked for. */
    public static final class Contents {
        private final Map<Path, byte[]> bytes = new LinkedHashMap<>();
        private final Map<Path, IdentityException> failures = new LinkedHashMap<>();

        /**
         * The bytes of a file.
         *
         * @throws IdentityException if it could not be read
         */
        public byte[] of(Path file) {
            IdentityException failure = failures.get(file);
            byte[] content = bytes.get(file);
            if (failure != null || content == null) {
                throw failure == null ? new IdentityException(file + " was not read") : failure;
            }
            return content;
        }

        private List<String> digests(List<Path> files) {
            List<String> digests = new ArrayList<>();
            for (Path file : files) {
                byte[] content = bytes.get(file);
                digests.add(content == null ? String.valueOf(failures.get(file)) : digest(content));
            }
            return digests;
        }

        private static String digest(byte[] content) {
            try {
                return HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(content));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    public WatchedFiles(List<Path> files) {
        this.files = List.copyOf(files);
    }

    /** What they hold now, which counts as told. */
    public Contents first() {
        Contents contents = read();
        judged = contents.digests(files);
        seen = judged;
        return contents;
    }

    /** What they hold, if it is new and the same as at the look before. */
    public Optional<Contents> settled() {
        Contents contents = read();
        List<String> now = contents.digests(files);
        boolean stayed = now.equals(seen);
        seen = now;
        if (!stayed || now.equals(judged)) {
            return Optional.empty();
        }
        judged = now;
        return Optional.of(contents);
    }

    private Contents read() {
        Contents contents = new Contents();
        for (Path file : files) {
            try {
                if (Files.isDirectory(file)) {
                    throw new IdentityException(file + " must be a file: it is a directory");
                }
                if (Files.size(file) > LARGEST) {
                    throw new IdentityException(file + " must be at most 64 MiB large: it is larger");
                }
                contents.bytes.put(file, Files.readAllBytes(file));
            } catch (IOException e) {
                contents.failures.put(
                        file,
                        new IdentityException(
                                file + " must be a readable file: "
                                        + e.getClass().getSimpleName(),
                                e));
            } catch (IdentityException e) {
                contents.failures.put(file, e);
            }
        }
        return contents;
    }
}
