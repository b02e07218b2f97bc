package io.sallyport.pki;

import io.sallyport.pki.ca.Pem;
import io.sallyport.pki.ca.StateFiles;
import io.sallyport.pki.ca.ceremony.AdminPlan;
import io.sallyport.pki.ca.ceremony.Ceremony;
import io.sallyport.pki.ca.ceremony.IssuingPlan;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The service, started on free ports over a state directory. */
final class Service implements AutoCloseable {
    static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path state;
    private final ConfigurableApplicationContext context;

    private Service(Path state, ConfigurableApplicationContext context) {
        this.state = state;
        this.context = context;
    }

    static void ceremony(Path state) {
        Ceremony ceremony = Ceremony.in(state);
        ceremony.root();
        ceremony.issuing(IssuingPlan.defaults());
        ceremony.admin(AdminPlan.defaults());
    }

    static Service start(Path state, String... settings) {
        return start(state, List.of(), settings);
    }

    static Service start(Path state, List<Class<?>> more, String... settings) {
        List<String> arguments = new ArrayList<>(List.of(
                "--sallyport.pki.state=" + state,
                "--sallyport.pki.port=0",
                "--sallyport.pki.admin-port=0",
                "--sallyport.pki.bind=127.0.0.1",
                "--management.server.port=0",
                "--sallyport.pki.minimum-lifetime=1s"));
        for (String setting : settings) {
            String argument = setting.startsWith("--") ? setting : "--sallyport.pki." + setting;
            String name = argument.substring(0, argument.indexOf('=') + 1);
            arguments.removeIf(earlier -> earlier.startsWith(name));
            arguments.add(argument);
        }
        List<Class<?>> sources = new ArrayList<>(List.of(PkiApplication.class));
        sources.addAll(more);
        return new Service(
                state,
                new SpringApplicationBuilder(sources.toArray(Class[]::new))
                        .profiles("pki")
                        .run(arguments.toArray(String[]::new)));
    }

    Path state() {
        return state;
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    <T> T named(String name, Class<T> type) {
        return context.getBean(name, type);
    }

    int managementPort() {
        return Integer.parseInt(String.valueOf(context.getEnvironment().getProperty("local.management.port")));
    }

    List<X509Certificate> roots() {
        return Pem.certificates(StateFiles.readText(state.resolve("root/root.pem")));
    }

    List<X509Certificate> issuing() {
        return Pem.certificates(StateFiles.readText(state.resolve("issuing/chain.pem")));
    }

    URI node(String path) {
        return URI.create("https://localhost:" + bean(PkiPorts.class).node() + "/api/v1" + path);
    }

    URI admin(String path) {
        return URI.create("https://localhost:" + bean(PkiPorts.class).admin() + "/api/v1" + path);
    }

    Client anonymous(String... protocols) {
        return Client.anonymous(roots(), protocols);
    }

    Client adminClient(String... protocols) {
        return Client.admin(state, protocols);
    }

    static JsonNode json(HttpResponse<String> response) {
        return JSON.readTree(response.body());
    }

    String token(String nodeId, String role, String more) throws IOException, InterruptedException {
        try (Client admin = adminClient()) {
            var answer = admin.post(
                    admin("/enrollment-tokens"),
                    "application/json",
                    "{\"nodeId\":\"" + nodeId + "\",\"role\":\"" + role + "\"" + more + "}");
            if (answer.statusCode() != 201) {
                throw new IllegalStateException(answer.statusCode() + " " + answer.body());
            }
            return json(answer).get("token").asString();
        }
    }

    HttpResponse<String> enroll(Client client, String token, Csr csr) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(node("/enrollments"))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/x-pem-file")
                .POST(HttpRequest.BodyPublishers.ofString(csr.pem())));
    }

    Enrolled enrolled(String nodeId, String role) throws IOException, InterruptedException {
        return enrolled(nodeId, role, "");
    }

    Enrolled enrolled(String nodeId, String role, String more) throws IOException, InterruptedException {
        Csr csr = Csr.of("CN=" + nodeId);
        try (Client client = anonymous()) {
            var answer = enroll(client, token(nodeId, role, more), csr);
            if (answer.statusCode() != 201) {
                throw new IllegalStateException(answer.statusCode() + " " + answer.body());
            }
            return new Enrolled(csr, Pem.certificates(answer.body()));
        }
    }

    /** A node with its certificate. */
    record Enrolled(Csr csr, List<X509Certificate> chain) {
        Enrolled {
            chain = List.copyOf(chain);
        }

        String serial() {
            return chain.getFirst().getSerialNumber().toString(16);
        }
    }

    Client client(Enrolled node, String... protocols) {
        return Client.with(roots(), node.csr().pair().getPrivate(), node.chain(), protocols);
    }

    @Override
    public void close() {
        context.close();
    }
}
