package io.sallyport.quickstart;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.Map;

/**
 * The ports that the listeners are to have on 127.0.0.1; a port that is 0 is any free one.
 *
 * @param byListener the port of each listener, 0 to 65535
 */
record Ports(Map<Listener, Integer> byListener) {
    /** A listener whose port is an option; of several edges the options are for the first. */
    enum Listener {
        EDGE("--edge.port", 8443, "the first edge, HTTPS"),
        EDGE_HTTP("--edge.http-port", 8080, "the first edge, HTTP, which only redirects"),
        EDGE_MANAGEMENT("--edge.management-port", 8081, "health and numbers of the first edge"),
        REGIONAL("--regional.port", 9443, "the regional gate, mTLS"),
        REGIONAL_MANAGEMENT("--regional.management-port", 9081, "health and numbers of the regional gate"),
        PKI("--pki.port", 7443, "the PKI for nodes and the public"),
        PKI_ADMIN("--pki.admin-port", 7444, "the admin API of the PKI, mTLS"),
        PKI_MANAGEMENT("--pki.management-port", 7081, "health and numbers of the PKI");

        private final String option;
        private final int defaultPort;
        private final String description;

        Listener(String option, int defaultPort, String description) {
            this.option = option;
            this.defaultPort = defaultPort;
            this.description = description;
        }

        String option() {
            return option;
        }

        int defaultPort() {
            return defaultPort;
        }

        String description() {
            return description;
        }
    }

    Ports {
        byListener = Map.copyOf(byListener);
        Map<Integer, Listener> byPort = new HashMap<>();
        for (Listener listener : Listener.values()) {
            int port = byListener.getOrDefault(listener, 0);
            Listener other = port == 0 ? null : byPort.put(port, listener);
            if (other != null) {
                throw new CannotStartException("%s and %s are both %d: give each its own port, or 0 for any free one"
                        .formatted(other.option(), listener.option(), port));
            }
        }
    }

    /** Answers the port that a listener is to have. */
    int of(Listener listener) {
        return byListener.getOrDefault(listener, 0);
    }

    /** Answers the port that a listener is to have, chosen now where it may be any free one: others are told before it starts. */
    int ofOrFree(Listener listener) {
        int port = of(listener);
        if (port != 0) {
            return port;
        }
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        } catch (IOException e) {
            throw new CannotStartException(
                    "no free port for %s: %s".formatted(listener.description(), e.getMessage()), e);
        }
    }

    /** Refuses to start where a port is taken, before anything else is done. */
    void requireFree() {
        for (Listener listener : Listener.values()) {
            int port = of(listener);
            if (port != 0 && !isFree(port)) {
                throw taken(port);
            }
        }
    }

    /** Answers the refusal for a port that was found taken. */
    CannotStartException taken(int port) {
        String remedy = byListener.entrySet().stream()
                .filter(entry -> entry.getValue() == port)
                .map(entry -> "choose another with %s=PORT (0: any free one)"
                        .formatted(entry.getKey().option()))
                .findFirst()
                .orElse("start again");
        return new CannotStartException("port %d is taken: end what listens there, or %s".formatted(port, remedy));
    }

    private static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket()) {
            // As the listeners do it: a port whose connections are only lingering is free.
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
