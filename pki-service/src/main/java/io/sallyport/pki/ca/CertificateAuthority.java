package io.sallyport.pki.ca;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A key of a CA and its certificate, as the ceremony uses them.
 *
 * @param key the private key
 * @param certificate the CA's certificate
 */
public record CertificateAuthority(PrivateKey key, X509Certificate certificate) {
    private static final String CRL = "X509 CRL";

    /** Reads a CA from its files and checks that they fit. */
    public static CertificateAuthority read(Path keyFile, Path certificateFile, @Nullable Path passphraseFile) {
        X509Certificate certificate;
        try {
            certificate = Pem.certificates(StateFiles.readText(certificateFile)).getFirst();
        } catch (IllegalArgumentException e) {
            throw new UnusableFileException(certificateFile + " is not a certificate in PEM: " + e.getMessage(), e);
        }
        PrivateKey key = KeyFile.read(keyFile, passphraseFile);
        if (!KeyFile.fits(key, certificate.getPublicKey())) {
            throw new UnusableFileException(keyFile + " is not the key of " + certificateFile);
        }
        return new CertificateAuthority(key, certificate);
    }

    Signer signer() {
        return new Signer(key, certificate.getPublicKey());
    }

    /** Writes the next list after the one in the file, with all its entries and more; answers its number. */
    public long writeList(Path file, Validity validity, List<RevokedEntry> more) {
        Map<SerialNumber, RevokedEntry> entries = new LinkedHashMap<>();
        long number = 1;
        if (Files.exists(file)) {
            RevocationListContents last = readList(file, certificate).contents();
            number = last.number() + 1;
            last.entries().forEach(entry -> entries.put(entry.serial(), entry));
        }
        more.forEach(entry -> entries.putIfAbsent(entry.serial(), entry));
        RevocationList list = RevocationList.signed(
                new RevocationListContents(
                        number, validity.notBefore(), validity.notAfter(), new ArrayList<>(entries.values())),
                certificate,
                signer());
        StateFiles.writePublic(file, Pem.ascii(Pem.encode(CRL, list.der().bytes())));
        return number;
    }

    /** The list in a PEM file, verified with the CA's certificate. */
    public static RevocationList readList(Path file, X509Certificate ca) {
        try {
            for (Pem.Block block : Pem.blocks(StateFiles.readText(file))) {
                if (block.label().equals(CRL)) {
                    return RevocationList.read(block.der(), ca);
                }
            }
        } catch (IllegalArgumentException e) {
            throw new UnusableFileException(file + " is no list of this CA: " + e.getMessage(), e);
        }
        throw new UnusableFileException(file + " holds no revocation list (BEGIN X509 CRL)");
    }
}
