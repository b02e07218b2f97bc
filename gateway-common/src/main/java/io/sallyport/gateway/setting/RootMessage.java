package io.sallyport.gateway.setting;

/** What an error comes down to, for the one who made a setting. */
public final class RootMessage {
    private RootMessage() {}

    /** The message of what is behind an error, or its type where it has none. */
    public static String of(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage();
        return message == null ? root.getClass().getSimpleName() : message;
    }
}
