import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.List;

/** Writes what keytool made into PEM files, for the training run of an image; neither reaches the image. */
final class TrainingIdentity {
    private static final char[] PASSWORD = "training".toCharArray();

    private TrainingIdentity() {}

    public static void main(String[] arguments) throws IOException, GeneralSecurityException {
        Path directory = Path.of(arguments[0]);
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(directory.resolve("training.p12"))) {
            store.load(in, PASSWORD);
        }
        for (String role : List.of("edge", "regional")) {
            Key key = store.getKey(role, PASSWORD);
            Files.writeString(directory.resolve(role + "-key.pem"), pem("PRIVATE KEY", key.getEncoded()));
            write(directory.resolve(role + "-chain.pem"), store.getCertificate(role));
        }
        write(directory.resolve("trust.pem"), store.getCertificate("root"));
    }

    private static void write(Path file, Certificate certificate) throws IOException, GeneralSecurityException {
        Files.writeString(file, pem("CERTIFICATE", certificate.getEncoded()));
    }

    private static String pem(String label, byte[] der) {
        String body = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
    }
}
