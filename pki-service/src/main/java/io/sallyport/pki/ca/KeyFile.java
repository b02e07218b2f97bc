package io.sallyport.pki.ca;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.List;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfoBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcePKCSPBEOutputEncryptorBuilder;
import org.jspecify.annotations.Nullable;

/** A private key as PKCS#8 in PEM, in the clear or encrypted with the passphrase that another file holds. */
public final class KeyFile {
    private static final String PLAIN = "PRIVATE KEY";
    private static final String ENCRYPTED = "ENCRYPTED PRIVATE KEY";
    private static final int PBKDF2_ITERATIONS = 600_000;

    private KeyFile() {}

    /** The key in a file; {@code passphraseFile} is needed where it is encrypted. */
    public static PrivateKey read(Path file, @Nullable Path passphraseFile) {
        try {
            List<Pem.Block> blocks = Pem.blocks(StateFiles.readText(file));
            for (Pem.Block block : blocks) {
                if (block.label().equals(PLAIN)) {
                    return new JcaPEMKeyConverter()
                            .getPrivateKey(
                                    PrivateKeyInfo.getInstance(block.der().bytes()));
                }
                if (block.label().equals(ENCRYPTED)) {
                    return decrypt(file, block.der(), passphraseFile);
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new UnusableFileException(file + " is not a private key in PEM: " + e.getMessage(), e);
        }
        throw new UnusableFileException(file + " holds no PKCS#8 private key (BEGIN PRIVATE KEY)");
    }

    /** Writes a key for its owner only; with a passphrase file it is encrypted (PBKDF2, AES-256). */
    public static void write(Path file, PrivateKey key, @Nullable Path passphraseFile, SecureRandom random) {
        if (passphraseFile == null) {
            StateFiles.writeSecret(file, Pem.ascii(Pem.encode(PLAIN, key.getEncoded())));
            return;
        }
        try {
            var encryptor = new JcePKCSPBEOutputEncryptorBuilder(NISTObjectIdentifiers.id_aes256_CBC)
                    .setProvider(new BouncyCastleProvider())
                    .setRandom(random)
                    .setIterationCount(PBKDF2_ITERATIONS)
                    .setPRF(new AlgorithmIdentifier(PKCSObjectIdentifiers.id_hmacWithSHA256))
                    .build(passphrase(passphraseFile));
            var encrypted = new PKCS8EncryptedPrivateKeyInfoBuilder(PrivateKeyInfo.getInstance(key.getEncoded()))
                    .build(encryptor);
            StateFiles.writeSecret(file, Pem.ascii(Pem.encode(ENCRYPTED, encrypted.getEncoded())));
        } catch (OperatorCreationException | IOException e) {
            throw new IllegalStateException("PKCS#8 encryption is not available", e);
        }
    }

    private static PrivateKey decrypt(Path file, Der der, @Nullable Path passphraseFile) throws IOException {
        if (passphraseFile == null) {
            throw new UnusableFileException(file + " is encrypted: name the file that holds its passphrase");
        }
        try {
            var decryptor = new JceOpenSSLPKCS8DecryptorProviderBuilder()
                    .setProvider(new BouncyCastleProvider())
                    .build(passphrase(passphraseFile));
            return new JcaPEMKeyConverter()
                    .getPrivateKey(new PKCS8EncryptedPrivateKeyInfo(der.bytes()).decryptPrivateKeyInfo(decryptor));
        } catch (OperatorCreationException | PKCSException e) {
            throw new UnusableFileException(file + " does not open with the passphrase in " + passphraseFile, e);
        }
    }

    private static char[] passphrase(Path file) {
        String text = StateFiles.readText(file).strip();
        if (text.isEmpty()) {
            throw new UnusableFileException(file + " should hold a passphrase and is empty");
        }
        return text.toCharArray();
    }

    /** Whether a private key belongs to a public one, found by signing with the one and verifying with the other. */
    static boolean fits(PrivateKey key, PublicKey publicKey) {
        try {
            byte[] probe = "sallyport".getBytes(StandardCharsets.US_ASCII);
            return Signer.verifies(publicKey, probe, new Signer(key, publicKey).sign(probe));
        } catch (GeneralSecurityException | IllegalArgumentException | SignerUnavailableException e) {
            return false;
        }
    }
}
