package io.sallyport.pki.command;

/** The service gave no token; the message says in one line for whom, where and why. */
final class TokenRefusedException extends RuntimeException {
    TokenRefusedException(String line) {
        super(line);
    }

    TokenRefusedException(String line, Throwable cause) {
        super(line, cause);
    }
}
