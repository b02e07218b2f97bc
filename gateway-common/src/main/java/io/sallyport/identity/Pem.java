package io.sallyport.identity;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The textual encodings of PKIX structures (RFC 7468). */
public final class Pem {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*+)-----END \\1-----");
    private static final Pattern BEGIN = Pattern.compile("-----BEGIN [A-Z0-9 ]+-----");
    private static final Base64.Encoder ENCODER = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private Pem() {}

    /**
     * The certificates of a text, in order.
     *
     * @throws IdentityException if there is none, or one cannot be parsed
     */
    public static List<X509Certificate> certificates(String text, String origin) {
        List<X509Certificate> certificates = new ArrayList<>();
        for (byte[] der : blocks(text, "CERTIFICATE", origin)) {
            certificates.add(certificate(der, origin));
        }
        if (certificates.isEmpty()) {
            throw new IdentityException(origin + " must hold PEM certificates: there are none");
        }
        return List.copyOf(certificates);
    }

    /** The certificate in DER; the origin is named where it is none. */
    public static X509Certificate certificate(byte[] der, String origin) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
        } catch (GeneralSecurityException e) {
            throw new IdentityException(origin + " must hold certificates: one cannot be parsed", e);
        }
    }

    /**
     * The private key of a text: PKCS #8, or the older forms of RSA (PKCS #1) and EC keys (RFC 5915).
     *
     * @throws IdentityException if there is not exactly one, or it is neither an EC nor an RSA key
     */
    public static PrivateKey privateKey(String text, String origin) {
        List<byte[]> keys = new ArrayList<>(blocks(text, "PRIVATE KEY", origin));
        blocks(text, "RSA PRIVATE KEY", origin).forEach(key -> keys.add(PrivateKeyForms.pkcs8OfRsa(key)));
        blocks(text, "EC PRIVATE KEY", origin).forEach(key -> keys.add(PrivateKeyForms.pkcs8OfEc(key, origin)));
        if (keys.size() != 1) {
            throw new IdentityException(
                    origin + " must hold one unencrypted private key in PEM: it holds " + keys.size());
        }
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(keys.getFirst());
        return key(spec, "EC")
                .or(() -> key(spec, "RSA"))
                .orElseThrow(
                        () -> new IdentityException(origin + " must hold an EC or RSA private key: it holds another"));
    }

    private static Optional<PrivateKey> key(PKCS8EncodedKeySpec spec, String algorithm) {
        try {
            return Optional.of(KeyFactory.getInstance(algorithm).generatePrivate(spec));
        } catch (InvalidKeySpecException e) {
            return Optional.empty();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The blocks of a kind, such as {@code X509 CRL}, or the bytes themselves where they are no PEM. */
    public static List<byte[]> ders(byte[] content, String kind, String origin) {
        List<byte[]> blocks = blocks(new String(content, StandardCharsets.ISO_8859_1), kind, origin);
        return blocks.isEmpty() ? List.of(content) : blocks;
    }

    /** The certificates in their order (RFC 7468, section 5). */
    public static String encode(List<X509Certificate> certificates) {
        StringBuilder text = new StringBuilder();
        for (X509Certificate certificate : certificates) {
            try {
                text.append(encode("CERTIFICATE", certificate.getEncoded()));
            } catch (CertificateEncodingException e) {
                throw new IllegalStateException(e);
            }
        }
        return text.toString();
    }

    /** The key in PKCS #8 (RFC 7468, section 10). */
    public static String encode(PrivateKey key) {
        return encode("PRIVATE KEY", key.getEncoded());
    }

    /** One block with that label (RFC 7468, section 2). */
    public static String encode(String kind, byte[] der) {
        return "-----BEGIN " + kind + "-----\n" + ENCODER.encodeToString(der) + "\n-----END " + kind + "-----\n";
    }

    /* A file that is being written ends inside a block, or between two: the first is seen here, the second by use. */
    private static List<byte[]> blocks(String text, String kind, String origin) {
        List<byte[]> blocks = new ArrayList<>();
        int whole = 0;
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            whole++;
            if (matcher.group(1).equals(kind)) {
                try {
                    blocks.add(Base64.getMimeDecoder().decode(matcher.group(2)));
                } catch (IllegalArgumentException e) {
                    throw new IdentityException(origin + " must hold base64 between its PEM lines: it does not", e);
                }
            }
        }
        if (BEGIN.matcher(text).results().count() != whole) {
            throw new IdentityException(origin + " must hold whole PEM blocks: one is cut off or broken");
        }
        return blocks;
    }
}
