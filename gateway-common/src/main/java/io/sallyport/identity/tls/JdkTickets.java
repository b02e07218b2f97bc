package io.sallyport.identity.tls;

/**
 * Whether the JDK's engine hands out session tickets, which it decides once for the whole process, when its first class
 * is loaded.
 */
public final class JdkTickets {
    /** The settings that switch them off; the first alone breaks clients of TLS 1.2. */
    public static final String OFF =
            "-Djdk.tls.server.newSessionTicketCount=0 -Djdk.tls.server.enableSessionTicketExtension=false";

    private static final String COUNT = "jdk.tls.server.newSessionTicketCount";
    private static final String EXTENSION = "jdk.tls.server.enableSessionTicketExtension";

    private JdkTickets() {}

    /** Switches them off; a value set on the command line stays. */
    public static void switchOff() {
        setUnlessPresent(COUNT, "0");
        setUnlessPresent(EXTENSION, "false");
    }

    private static void setUnlessPresent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /** Whether the settings say that they are off. */
    static boolean areOff() {
        return "0".equals(System.getProperty(COUNT)) && "false".equals(System.getProperty(EXTENSION));
    }
}
