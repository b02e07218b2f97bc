package io.sallyport.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.edge.EdgeApplication;
import io.sallyport.gateway.tls.GateTls;
import io.sallyport.pki.ca.ceremony.Ceremony;
import io.sallyport.regional.RegionalApplication;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two edges and two regional gates are restarted one after the other while customers' requests go through them: none fails. A
 * customer knows both edges, and asks the other one when a connection is refused, so before anything was sent. How often:
 * {@code -Drestart.rounds}.
 */
@Tag("full") // each start of a gate takes seconds
class RollingRestartScenarios {
    private static final String ROUTE = "spring.cloud.gateway.server.webflux.routes[0].";
    private static final int CUSTOMERS = 4;

    @TempDir
    Path temporary;

    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong requests = new AtomicLong();

    @Test
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void noRequestFails() throws Exception {
        GateTls.prepareJvm();
        NodeMaterial material = NodeMaterial.make(temporary);
        Path customer = Files.createDirectory(temporary.resolve("customers"));
        Ceremony.in(customer).customer(List.of());
        Path customerCa = customer.resolve("customer/customer-ca.pem");
        Credentials shown = Credentials.in(customer.resolve("customer"));
        List<Integer> ports = new ArrayList<>();
        for (int number = 0; number < 4; number++) {
            ports.add(FreePort.next());
        }
        Credentials regional = material.node(Node.regional());
        Credentials edge = material.node(Node.edge(1));
        try (TrialOrigin origin = new TrialOrigin();
                HttpClient http1 = Clients.trusting(customerCa, HttpClient.Version.HTTP_1_1);
                HttpClient http2 = Clients.trusting(customerCa, HttpClient.Version.HTTP_2)) {
            List<Start> starts = List.of(
                    () -> regional(regional, ports.get(0), origin),
                    () -> regional(regional, ports.get(1), origin),
                    () -> edge(edge, shown, ports.get(2), ports.subList(0, 2)),
                    () -> edge(edge, shown, ports.get(3), ports.subList(0, 2)));
            List<Member> gates = new ArrayList<>();
            try {
                for (Start start : starts) {
                    gates.add(start.start());
                }
                AtomicBoolean running = new AtomicBoolean(true);
                try (ExecutorService customers = Executors.newVirtualThreadPerTaskExecutor()) {
                    List<Future<?>> loads = new ArrayList<>();
                    for (int number = 0; number < CUSTOMERS; number++) {
                        int own = number;
                        HttpClient client = number % 2 == 0 ? http1 : http2;
                        loads.add(customers.submit(() -> load(client, ports.subList(2, 4), own, running)));
                    }
                    for (int round = 0; round < Integer.getInteger("restart.rounds", 10); round++) {
                        for (int number = 0; number < starts.size(); number++) {
                            gates.get(number).close();
                            gates.set(number, starts.get(number).start());
                        }
                    }
                    running.set(false);
                    for (Future<?> load : loads) {
                        load.get(30, TimeUnit.SECONDS);
                    }
                }
            } finally {
                gates.forEach(Member::close);
            }
        }
        System.out.printf("requests=%d failed=%d%n", requests.get(), failures.size());
        assertThat(failures).isEmpty();
        assertThat(requests.get()).isGreaterThan(100);
    }

    @FunctionalInterface
    private interface Start {
        Member start();
    }

    private void load(HttpClient client, List<Integer> edges, int own, AtomicBoolean running) {
        for (long n = 0; running.get(); n++) {
            String path = "/load-" + own + "-" + n;
            HttpRequest.Builder request = HttpRequest.newBuilder();
            if (n % 4 == 3) {
                request.POST(HttpRequest.BodyPublishers.ofString(path));
            }
            try {
                HttpResponse<String> response = ask(client, edges, (own + (int) (n / 50)) % 2, request, path);
                if (response.statusCode() != 200) {
                    failures.add(path + " " + response.statusCode() + " "
                            + response.headers().map());
                }
            } catch (Exception e) {
                failures.add(path + " " + e + " " + e.getCause());
            }
            requests.incrementAndGet();
        }
    }

    /** Asks one edge, and the other one where the first takes no connection. */
    private static HttpResponse<String> ask(
            HttpClient client, List<Integer> edges, int first, HttpRequest.Builder request, String path)
            throws Exception {
        try {
            return Clients.send(client, request.uri(URI.create("https://localhost:" + edges.get(first) + path)));
        } catch (ConnectException refused) {
            return Clients.send(client, request.uri(URI.create("https://localhost:" + edges.get(1 - first) + path)));
        }
    }

    private static Member regional(Credentials own, int port, TrialOrigin origin) {
        return gate(
                "regional-1",
                RegionalApplication.class,
                own,
                port,
                ROUTE + "uri=http://localhost:" + origin.port(),
                ROUTE + "filters[1]=PreserveHostHeader");
    }

    private static Member edge(Credentials own, Credentials customer, int port, List<Integer> regionals) {
        String bundle = "spring.ssl.bundle.pem.customer.keystore.";
        return gate(
                "edge-1",
                EdgeApplication.class,
                own,
                port,
                ROUTE + "uri=regional://both",
                "sallyport.upstream.regionals.both[0]=https://localhost:" + regionals.get(0),
                "sallyport.upstream.regionals.both[1]=https://localhost:" + regionals.get(1),
                "sallyport.upstream.back-off=500ms",
                "sallyport.edge.http-port=-1",
                bundle + "certificate=" + customer.chain().toUri(),
                bundle + "private-key=" + customer.key().toUri());
    }

    private static Member gate(String id, Class<?> application, Credentials own, int port, String... more) {
        List<String> settings = new ArrayList<>(List.of(
                "server.port=" + port,
                "management.server.port=0",
                "sallyport.access-log=off",
                "sallyport.node.id=" + id,
                "sallyport.node.key=" + own.key(),
                "sallyport.node.chain=" + own.chain(),
                "sallyport.node.trust=" + own.trust(),
                ROUTE + "id=everything",
                ROUTE + "predicates[0]=Path=/**",
                ROUTE + "filters[0]=HttpCache"));
        settings.addAll(Arrays.asList(more));
        Member.Plan plan = new Member.Plan(
                id, application, id.substring(0, id.indexOf('-')), Stack.OF_THE_PKI, Duration.ofSeconds(10), settings);
        return Member.start(plan, Arguments.parse().options().ports());
    }
}
