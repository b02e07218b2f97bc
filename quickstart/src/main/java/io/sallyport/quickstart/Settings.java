package io.sallyport.quickstart;

import io.sallyport.quickstart.Ports.Listener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The Spring settings with which the members are started, each as {@code name=value}.
 *
 * @param options what the user wants
 * @param state the state directory
 * @param hierarchy the certificates
 * @param pkiUrl where the nodes find the PKI
 */
record Settings(Options options, StateDirectory state, Hierarchy hierarchy, String pkiUrl) {
    /** The properties in which a member says which ports it has. */
    static final String SERVER_PORT = "local.server.port";

    static final String MANAGEMENT_PORT = "local.management.port";

    private static final String ROUTE = "spring.cloud.gateway.server.webflux.routes[0].";

    /** Answers the settings of the PKI. */
    static List<String> pki(Options options, StateDirectory state) {
        Ports ports = options.ports();
        return List.of(
                "management.server.port=" + ports.of(Listener.PKI_MANAGEMENT),
                "logging.level.org.flywaydb=ERROR",
                // That the root's key lies there is said by the quickstart itself.
                "logging.level.io.sallyport.pki.start.AuthorityConfiguration=ERROR",
                "sallyport.pki.bind=127.0.0.1",
                "sallyport.pki.port=" + ports.of(Listener.PKI),
                "sallyport.pki.admin-port=" + ports.of(Listener.PKI_ADMIN),
                "sallyport.pki.state=" + state.path());
    }

    /** Answers the settings of the regional gate: every request goes to the origin, with the Host that came. */
    List<String> regional(Node node, Path tokenFile, int port, OriginUrl origin) {
        Ports ports = options.ports();
        List<String> settings = gate(node, tokenFile, origin.toString());
        settings.add(ROUTE + "filters[1]=PreserveHostHeader");
        settings.add("server.port=" + port);
        settings.add("management.server.port=" + ports.of(Listener.REGIONAL_MANAGEMENT));
        return settings;
    }

    /** Answers the settings of an edge: every request goes to the regional gate, with the Host that came. */
    List<String> edge(int number, Node node, Path tokenFile, String regionalUrl) {
        List<String> settings = gate(node, tokenFile, regionalUrl);
        settings.add("server.port=" + edgePort(number, Listener.EDGE));
        settings.add("management.server.port=" + edgePort(number, Listener.EDGE_MANAGEMENT));
        settings.add("sallyport.edge.http-port=" + edgePort(number, Listener.EDGE_HTTP));
        String bundle = "spring.ssl.bundle.pem.customer.keystore.";
        settings.add(bundle + "certificate=" + hierarchy.customer().chain().toUri());
        settings.add(bundle + "private-key=" + hierarchy.customer().key().toUri());
        return settings;
    }

    private List<String> gate(Node node, Path tokenFile, String upstream) {
        return new ArrayList<>(List.of(
                "sallyport.pki.url=" + pkiUrl,
                "sallyport.pki.token-file=" + tokenFile,
                "sallyport.node.id=" + node.id(),
                "sallyport.node.state=" + state.node(node.id()),
                "sallyport.cache.mode=" + Arguments.wordOf(options.cacheMode()),
                "sallyport.access-log=" + Arguments.wordOf(options.accessLog()),
                ROUTE + "id=everything",
                ROUTE + "uri=" + upstream,
                ROUTE + "predicates[0]=Path=/**",
                ROUTE + "filters[0]=HttpCache"));
    }

    /** The ports of the options are the first edge's; further edges take free ones. */
    private int edgePort(int number, Listener listener) {
        return number == 1 ? options.ports().of(listener) : 0;
    }
}
