package io.sallyport.pki.ca;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where a hierarchy lies in a directory: the roots in {@code root}, {@code root-2} and so on, the issuing CAs in
 * {@code issuing}, {@code issuing-2} and so on, in the order in which they were made.
 */
public final class HierarchyFiles {
    /** A root's certificate in its directory. */
    public static final String ROOT = "root.pem";
    /** A root's key. */
    public static final String ROOT_KEY = "root-key.pem";
    /** A root's own revocation list. */
    public static final String ROOT_LIST = "root.crl.pem";
    /** An issuing CA's certificate and those above it, without the root. */
    public static final String CHAIN = "chain.pem";
    /** An issuing CA's key. */
    public static final String ISSUING_KEY = "issuing-key.pem";

    private static final String ROOTS = "root";
    private static final String ISSUERS = "issuing";
    private static final Pattern NUMBERED = Pattern.compile("(root|issuing)(?:-([2-9]|[1-9][0-9]{1,5}))?");

    private HierarchyFiles() {}

    /** The directories of the roots, oldest first. */
    public static List<Path> rootDirectories(Path state) {
        return generations(state, ROOTS).stream()
                .filter(directory -> Files.exists(directory.resolve(ROOT)))
                .toList();
    }

    /** The directories of the issuing CAs, oldest first. */
    public static List<Path> issuingDirectories(Path state) {
        return generations(state, ISSUERS).stream()
                .filter(directory -> Files.exists(directory.resolve(CHAIN)))
                .toList();
    }

    /** Where the next root belongs. */
    public static Path nextRoot(Path state) {
        return next(state, ROOTS);
    }

    /** Where the next issuing CA belongs. */
    public static Path nextIssuing(Path state) {
        return next(state, ISSUERS);
    }

    /** All roots, oldest first. */
    public static List<X509Certificate> roots(Path state) {
        Set<X509Certificate> roots = new LinkedHashSet<>();
        rootDirectories(state).forEach(directory -> roots.addAll(certificates(directory.resolve(ROOT))));
        return List.copyOf(roots);
    }

    /** The certificates in a PEM file. */
    public static List<X509Certificate> certificates(Path file) {
        try {
            return Pem.certificates(StateFiles.readText(file));
        } catch (IllegalArgumentException e) {
            throw new UnusableFileException(file + " is not a certificate in PEM: " + e.getMessage(), e);
        }
    }

    private static Path next(Path state, String kind) {
        List<Path> known = generations(state, kind);
        if (known.isEmpty()) {
            return state.resolve(kind);
        }
        return state.resolve(kind + "-" + (number(known.getLast(), kind).orElseThrow() + 1));
    }

    private static List<Path> generations(Path state, String kind) {
        if (!Files.isDirectory(state)) {
            return List.of();
        }
        List<Path> found = new ArrayList<>();
        try (Stream<Path> entries = Files.list(state)) {
            entries.filter(Files::isDirectory)
                    .filter(entry -> number(entry, kind).isPresent())
                    .forEach(found::add);
        } catch (IOException e) {
            throw new UnusableFileException(state + " cannot be read: " + e, e);
        }
        found.sort(Comparator.comparingInt(entry -> number(entry, kind).orElseThrow()));
        return found;
    }

    private static OptionalInt number(Path directory, String kind) {
        Matcher matcher = NUMBERED.matcher(String.valueOf(directory.getFileName()));
        if (!matcher.matches() || !kind.equals(matcher.group(1))) {
            return OptionalInt.empty();
        }
        String digits = matcher.group(2);
        return OptionalInt.of(digits == null ? 1 : Integer.parseInt(digits));
    }
}
