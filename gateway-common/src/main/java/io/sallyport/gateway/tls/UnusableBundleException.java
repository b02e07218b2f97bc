package io.sallyport.gateway.tls;

import java.io.FileNotFoundException;
import java.nio.file.NoSuchFileException;

/** The SSL bundle of the listener is missing, or its files are, or they are no key and certificates. */
final class UnusableBundleException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String bundle;

    private UnusableBundleException(String bundle, String why, Throwable cause) {
        super("server.ssl.bundle is " + bundle + ", which cannot be used: " + why, cause);
        this.bundle = bundle;
    }

    static UnusableBundleException of(String bundle, Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage();
        String why = root instanceof NoSuchFileException || root instanceof FileNotFoundException
                ? "there is no file " + message
                : message == null ? root.getClass().getSimpleName() : message;
        return new UnusableBundleException(bundle, why, failure);
    }

    String action() {
        return "Give the certificate chain and its private key below spring.ssl.bundle.pem." + bundle + ".keystore.";
    }
}
