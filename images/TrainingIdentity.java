import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Base64;

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
        Key key = store.getKey("training", PASSWORD);
        Files.writeString(directory.resolve("key.pem"), pem("PRIVATE KEY", key.getEncoded()));
        byte[] certificate = store.getCertificate("training").getEncoded();
        Files.writeString(directory.resolve("chain.pem"), pem("CERTIFICATE", certificate));
    }

    private static String pem(String label, byte[] der) {
        String body = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
    }
}
