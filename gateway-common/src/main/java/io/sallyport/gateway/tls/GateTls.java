package io.sallyport.gateway.tls;

import io.sallyport.identity.tls.JdkTickets;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.Environment;

/** What a gate's {@code main} does before anything else. */
public final class GateTls {
    private GateTls() {}

    /**
     * Switches the JDK engine's session tickets off, which it decides once, when its first class is loaded: a resumed
     * session would skip the check of the peer's certificate. A value set on the command line stays.
     */
    public static void prepareJvm() {
        JdkTickets.switchOff();
    }

    /** The same as soon as the settings are known, where one of the listeners asks for a certificate. */
    public static ApplicationListener<ApplicationEnvironmentPreparedEvent> prepareJvmWhereNeeded() {
        return event -> {
            if (asks(event.getEnvironment(), "server.ssl.") || asks(event.getEnvironment(), "management.server.ssl.")) {
                prepareJvm();
            }
        };
    }

    private static boolean asks(Environment environment, String prefix) {
        String asked =
                environment.getProperty(prefix + "client-auth", environment.getProperty(prefix + "clientAuth", "none"));
        return !asked.equalsIgnoreCase("none");
    }
}
