package io.sallyport.identity.node;

import io.sallyport.identity.Credentials;
import io.sallyport.identity.IdentityException;
import io.sallyport.identity.Pem;
import io.sallyport.identity.revocation.RevocationList;
import io.sallyport.identity.revocation.RevocationSnapshot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory that keeps a node's {@code key.pem}, {@code chain.pem} and {@code trust.pem} across restarts.
 *
 * <p>A new set is written aside and renamed file by file, the key last. A node that stops in between finds a key that
 * does not fit the chain and the fitting one aside, and finishes the change.
 */
public final class NodeState {
    private static final Logger LOG = LoggerFactory.getLogger(NodeState.class);
    private static final int FINGERPRINT_BYTES = 16;
    private static final String ASIDE = ".next";
    private static final String OWNER_ONLY = "rw-------";

    private final Path directory;

    public NodeState(Path directory) {
        this.directory = directory;
    }

    /**
     * The stored credentials, valid or expired; empty when there are none.
     *
     * @throws IdentityException if there are some that cannot be read or do not belong together
     */
    Optional<Credentials> load() {
        if (!Files.exists(directory.resolve("key.pem"))) {
            return Optional.empty();
        }
        Credentials stored =
                read(directory.resolve("key.pem"), directory.resolve("chain.pem"), directory.resolve("trust.pem"));
        if (stored.keyFits()) {
            return Optional.of(stored);
        }
        Path aside = directory.resolve("key.pem" + ASIDE);
        if (Files.exists(aside)) {
            Credentials resumed = read(aside, directory.resolve("chain.pem"), directory.resolve("trust.pem"));
            if (resumed.keyFits()) {
                rename("key.pem");
                return Optional.of(resumed);
            }
        }
        throw new IdentityException(directory + "/key.pem must belong to chain.pem: it does not");
    }

    /** Stores the credentials in place of the former ones. */
    public void store(Credentials credentials) {
        writeAside("key.pem", Pem.encode(credentials.key()).getBytes(StandardCharsets.US_ASCII), true);
        writeAside("chain.pem", Pem.encode(credentials.chain()).getBytes(StandardCharsets.US_ASCII), false);
        writeAside("trust.pem", Pem.encode(credentials.roots()).getBytes(StandardCharsets.US_ASCII), false);
        List.of("trust.pem", "chain.pem", "key.pem").forEach(this::rename);
        abandon();
    }

    /** The request that was begun and has no answer yet. */
    Optional<CertificationRequest.Keyed> pending() {
        Path key = directory.resolve("request-key.pem");
        Path request = directory.resolve("request.pem");
        return Files.exists(key) && Files.exists(request)
                ? Optional.of(new CertificationRequest.Keyed(
                        Pem.privateKey(text(key), key.toString()), new CertificationRequest(text(request))))
                : Optional.empty();
    }

    /** Notes a request before it is sent. */
    CertificationRequest.Keyed begin(CertificationRequest.Keyed asked) {
        writeAside("request-key.pem", Pem.encode(asked.key()).getBytes(StandardCharsets.US_ASCII), true);
        writeAside("request.pem", asked.request().pem().getBytes(StandardCharsets.US_ASCII), false);
        List.of("request-key.pem", "request.pem").forEach(this::rename);
        return asked;
    }

    /** Forgets a request that was answered. */
    void abandon() {
        try {
            Files.deleteIfExists(directory.resolve("request.pem"));
            Files.deleteIfExists(directory.resolve("request-key.pem"));
        } catch (IOException e) {
            throw new IdentityException("sallyport.node.state must be a writable directory: " + directory, e);
        }
    }

    /** Stores an issuer's revocation list in place of its former one. */
    public void store(PublicKey issuerKey, byte[] der) {
        String name = "issuer-" + fingerprint(issuerKey) + ".crl";
        writeAside(name, der, false);
        rename(name);
    }

    /**
     * The snapshot with the stored lists of the issuers and roots of the credentials. One that cannot be used is left
     * out: the PKI has it anew.
     */
    RevocationSnapshot revocationLists(Credentials credentials, RevocationSnapshot none) {
        RevocationSnapshot snapshot = none;
        for (X509Certificate issuer : credentials.issuers()) {
            Path file = directory.resolve("issuer-" + fingerprint(issuer.getPublicKey()) + ".crl");
            if (Files.exists(file)) {
                try {
                    snapshot = snapshot.with(RevocationList.parse(bytes(file), issuer));
                } catch (IdentityException e) {
                    LOG.warn("event=stored-revocation-list-ignored file={} error=\"{}\"", file, e.getMessage());
                }
            }
        }
        return snapshot;
    }

    private static String fingerprint(PublicKey key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
            return HexFormat.of().formatHex(digest, 0, FINGERPRINT_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Makes the directory and checks that it can be written to. */
    public void prepare() {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new IdentityException("sallyport.node.state must be a directory that can be made: " + directory, e);
        }
        if (!Files.isWritable(directory)) {
            throw new IdentityException("sallyport.node.state must be a writable directory: " + directory);
        }
    }

    static Credentials read(Path key, Path chain, Path trust) {
        return new Credentials(
                Pem.privateKey(text(key), key.toString()),
                Pem.certificates(text(chain), chain.toString()),
                Pem.certificates(text(trust), trust.toString()));
    }

    private static String text(Path file) {
        return new String(bytes(file), StandardCharsets.ISO_8859_1);
    }

    static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new IdentityException(
                    file + " must be a readable file: " + e.getClass().getSimpleName(), e);
        }
    }

    private void writeAside(String name, byte[] bytes, boolean secret) {
        Path file = directory.resolve(name + ASIDE);
        try {
            Files.deleteIfExists(file);
            Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            try (SeekableByteChannel channel = secret && isPosix()
                    ? Files.newByteChannel(file, options, ownerOnly())
                    : Files.newByteChannel(file, options)) {
                ByteBuffer content = ByteBuffer.wrap(bytes);
                while (content.hasRemaining()) {
                    channel.write(content);
                }
            }
        } catch (IOException e) {
            throw new IdentityException("sallyport.node.state must be a writable directory: " + directory, e);
        }
    }

    private void rename(String name) {
        try {
            Files.move(
                    directory.resolve(name + ASIDE),
                    directory.resolve(name),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new IdentityException("sallyport.node.state must be a writable directory: " + directory, e);
        }
    }

    private static boolean isPosix() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    }

    private static FileAttribute<?> ownerOnly() {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY));
    }
}
