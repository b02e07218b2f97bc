package io.sallyport.quickstart;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What a user reads when everything is ready: where it is, and what to try. */
final class Banner {
    private final Endpoints endpoints;
    private final Path state;

    Banner(Endpoints endpoints, Path state) {
        this.endpoints = endpoints;
        this.state = state;
    }

    /** Answers the text, with the time that the start took. */
    String text(Duration start) {
        return """

                Sallyport is ready after %.1f s; its state is in %s

                  edge        %s   (%s only redirects there)
                  regional    %s   (opens to edges only)
                  PKI         %s   (admin API: %s)
                  management  %s, %s, %s
                  origin      %s

                A miss, and the same again, which is a hit:
                  %s
                  %s
                The regional gate refuses whoever is not an edge:
                  %s
                The certificates that the PKI has issued:
                  %s

                Ctrl-C ends it.
                """.formatted(
                        start.toMillis() / 1e3,
                        state,
                        String.join(" ", endpoints.edges()),
                        endpoints.edgeHttp(),
                        endpoints.regional(),
                        endpoints.pki(),
                        endpoints.pkiAdmin(),
                        String.join(", ", endpoints.edgeManagements()),
                        endpoints.regionalManagement(),
                        endpoints.pkiManagement(),
                        endpoints.origin(),
                        commands().get(0),
                        commands().get(1),
                        commands().get(2),
                        commands().get(3));
    }

    /** Answers four commands that work when pasted: a miss, a hit, a refused connection, the inventory. */
    List<String> commands() {
        String customer = "curl -i --cacert %s %s/".formatted(file("customer-ca.pem"), endpoints.edge());
        return List.of(
                customer,
                customer,
                "curl -i --cacert %s %s/".formatted(file("admin/trust.pem"), endpoints.regional()),
                "curl --cacert %s --cert %s --key %s %s/api/v1/certificates"
                        .formatted(
                                file("admin/trust.pem"),
                                file("admin/chain.pem"),
                                file("admin/key.pem"),
                                endpoints.pkiAdmin()));
    }

    /** Answers a file of the state directory as a word of a shell command. */
    private String file(String name) {
        String path = state.resolve(name).toString();
        return path.matches("[A-Za-z0-9/._+-]+") ? path : "'" + path.replace("'", "'\\''") + "'";
    }
}
