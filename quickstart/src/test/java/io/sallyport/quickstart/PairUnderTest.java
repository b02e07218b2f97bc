package io.sallyport.quickstart;

import io.sallyport.edge.EdgeApplication;
import io.sallyport.gateway.tls.GateTls;
import io.sallyport.pki.PkiApplication;
import io.sallyport.regional.RegionalApplication;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The whole stack on free ports, with a customer and an admin. */
final class PairUnderTest implements AutoCloseable {
    static final Applications APPLICATIONS =
            new Applications(PkiApplication.class, RegionalApplication.class, EdgeApplication.class);

    final Endpoints endpoints;
    final HttpClient customer;
    final HttpClient admin;
    private final Path state;
    private final Stack stack;

    private PairUnderTest(Path state, Stack stack, Endpoints endpoints) {
        this.state = state;
        this.stack = stack;
        this.endpoints = endpoints;
        this.customer = Clients.trusting(customerCa(), HttpClient.Version.HTTP_1_1);
        this.admin = Clients.showing(admin(), root(), "TLSv1.3");
    }

    /** Starts it; more arguments as on the command line. */
    static PairUnderTest start(Path state, String... more) {
        GateTls.prepareJvm();
        List<String> arguments = new ArrayList<>(List.of("--state=" + state));
        for (Ports.Listener listener : Ports.Listener.values()) {
            arguments.add(listener.option() + "=0");
        }
        arguments.addAll(Arrays.asList(more));
        Options options = Arguments.parse(arguments.toArray(String[]::new)).options();
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        Stack stack = new Stack(options, APPLICATIONS, InstantSource.system(), nowhere);
        try {
            return new PairUnderTest(state, stack, stack.start());
        } catch (RuntimeException e) {
            stack.close();
            throw e;
        }
    }

    Path customerCa() {
        return state.resolve("customer-ca.pem");
    }

    Path root() {
        return state.resolve("admin/trust.pem");
    }

    Credentials admin() {
        return Credentials.in(state.resolve("admin"));
    }

    Credentials node(String id) {
        return Credentials.in(state.resolve("nodes").resolve(id));
    }

    /** Asks the first edge, over HTTP/1.1. */
    HttpResponse<String> get(String path) throws Exception {
        return Clients.send(customer, request(endpoints.edge(), path));
    }

    static HttpRequest.Builder request(String base, String path) {
        return HttpRequest.newBuilder(URI.create(base + path));
    }

    @Override
    public void close() throws IOException {
        customer.shutdownNow();
        admin.shutdownNow();
        stack.close();
    }
}
