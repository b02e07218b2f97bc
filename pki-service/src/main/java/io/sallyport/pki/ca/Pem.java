package io.sallyport.pki.ca;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The textual encoding of RFC 7468. */
public final class Pem {
    /** The label of a certificate. */
    public static final String CERTIFICATE = "CERTIFICATE";

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s([A-Za-z0-9+/=\\s]*)-----END \\1-----");
    private static final int LINE = 64;

    private Pem() {}

    /**
     * One object of a text.
     *
     * @param label what stands after BEGIN
     * @param der the octets
     */
    public record Block(String label, Der der) {}

    /** All objects of a text, in order; text around them is ignored. Malformed base64 is an IllegalArgumentException. */
    public static List<Block> blocks(String text) {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            String body = matcher.group(2).replaceAll("\\s", "");
            blocks.add(new Block(matcher.group(1), Der.of(Base64.getDecoder().decode(body))));
        }
        return blocks;
    }

    /** One object as text with a line feed at its end. */
    public static String encode(String label, byte[] der) {
        String body = Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
    }

    /** Certificates one after the other. */
    public static String encode(List<X509Certificate> certificates) {
        StringBuilder text = new StringBuilder();
        certificates.forEach(certificate -> text.append(encode(CERTIFICATE, encoded(certificate))));
        return text.toString();
    }

    /** The DER of a certificate. */
    public static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("a certificate without an encoding", e);
        }
    }

    /** The certificates of a text; a text without one is an IllegalArgumentException. */
    public static List<X509Certificate> certificates(String text) {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks(text)) {
            if (block.label().equals(CERTIFICATE)) {
                certificates.add(certificate(block.der().bytes()));
            }
        }
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException("there is no certificate in it");
        }
        return List.copyOf(certificates);
    }

    /** The certificate in DER. */
    public static X509Certificate certificate(byte[] der) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
        } catch (CertificateException e) {
            throw new IllegalArgumentException("not a certificate: " + e.getMessage(), e);
        }
    }

    /** The text in ASCII, as it is written to files. */
    public static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
