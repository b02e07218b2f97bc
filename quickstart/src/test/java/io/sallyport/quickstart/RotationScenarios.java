package io.sallyport.quickstart;

import static io.sallyport.quickstart.PairUnderTest.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.sallyport.edge.EdgeApplication;
import io.sallyport.gateway.tls.GateTls;
import io.sallyport.identity.node.NodeIdentity;
import io.sallyport.identity.peer.PeerConnections;
import io.sallyport.pki.ca.ceremony.Ceremony;
import io.sallyport.regional.RegionalApplication;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Keys, certificates and roots of both gates change while customers' requests go through both: none fails. How long and
 * against how many customers: {@code -Drotation.seconds} and {@code -Drotation.customers}.
 */
class RotationScenarios {
    private static final String ROUTE = "spring.cloud.gateway.server.webflux.routes[0].";

    @TempDir
    Path temporary;

    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final Queue<Long> micros = new ConcurrentLinkedQueue<>();
    private final AtomicLong requests = new AtomicLong();

    @Test
    @Tag("full")
    void noRequestFailsWhileEverythingRotates() throws Exception {
        rotate(Duration.ofSeconds(Long.getLong("rotation.seconds", 120)));
    }

    private void rotate(Duration duration) throws Exception {
        GateTls.prepareJvm();
        NodeMaterial material = NodeMaterial.make(temporary);
        Path customer = Files.createDirectory(temporary.resolve("customers"));
        Ceremony.in(customer).customer(List.of());
        Credentials shown = Credentials.in(customer.resolve("customer"));
        Path customerCa = customer.resolve("customer/customer-ca.pem");
        try (TrialOrigin origin = new TrialOrigin();
                Member regional = regional(material.node(Node.regional()), origin);
                Member edge = edge(material.node(Node.edge(1)), shown, regional.port(Settings.SERVER_PORT));
                HttpClient client = Clients.trusting(customerCa, HttpClient.Version.HTTP_2)) {
            String base = "https://localhost:" + edge.port(Settings.SERVER_PORT);
            BlockingQueue<String> echoes = new LinkedBlockingQueue<>();
            WebSocket socket = webSocket(client, base, echoes);
            AtomicBoolean running = new AtomicBoolean(true);
            int rotations;
            try (ExecutorService customers = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> loads = new ArrayList<>();
                for (int number = 0; number < Integer.getInteger("rotation.customers", 4); number++) {
                    int own = number;
                    loads.add(customers.submit(() -> load(client, base, own, running)));
                }
                rotations = rotateUntil(System.nanoTime() + duration.toNanos(), material, edge, regional);
                running.set(false);
                for (Future<?> load : loads) {
                    load.get(30, TimeUnit.SECONDS);
                }
            }
            socket.sendText("still", true).get(20, TimeUnit.SECONDS);
            assertThat(echoes.poll(20, TimeUnit.SECONDS)).isEqualTo("echo still");
            assertThat(regional.part(PeerConnections.class).byNode()).containsOnlyKeys("edge-1");
            socket.abort();
            double handshakes = regional.part(MeterRegistry.class)
                    .get("sallyport.tls.handshakes")
                    .tags("side", "server", "result", "success")
                    .counter()
                    .count();
            report(rotations, (long) handshakes);
            assertThat(failures).isEmpty();
            assertThat(rotations).isGreaterThan((int) duration.toSeconds() / 8);
            assertThat(handshakes)
                    .as("a handshake for each rotation, not for each request")
                    .isLessThan(rotations * 8.0);
        }
    }

    private void report(int rotations, long handshakes) {
        List<Long> sorted = micros.stream().sorted().toList();
        System.out.printf(
                "rotations=%d handshakes=%d requests=%d failed=%d p50=%d us p99=%d us max=%d us%n",
                rotations,
                handshakes,
                requests.get(),
                failures.size(),
                sorted.get(sorted.size() / 2),
                sorted.get(sorted.size() * 99 / 100),
                sorted.getLast());
    }

    private int rotateUntil(long end, NodeMaterial material, Member edge, Member regional) throws Exception {
        BlockingQueue<String> taken = new LinkedBlockingQueue<>();
        List<Member> gates = List.of(edge, regional);
        gates.forEach(gate -> gate.part(NodeIdentity.class).onChange(next -> taken.add(next.serialNumber())));
        String root = Files.readString(material.root());
        String two = root + Files.readString(temporary.resolve("customers/customer/customer-ca.pem"));
        int rotations = 0;
        while (System.nanoTime() < end) {
            Node node = rotations % 2 == 0 ? Node.edge(1) : Node.regional();
            if (rotations % 6 == 5) {
                Path trust = Credentials.in(temporary.resolve("pki/nodes").resolve(node.id()))
                        .trust();
                Files.writeString(trust, Files.readString(trust).equals(root) ? two : root);
            } else {
                material.rotate(node);
            }
            assertThat(taken.poll(20, TimeUnit.SECONDS))
                    .as("rotation %s", rotations)
                    .isNotNull();
            rotations++;
        }
        return rotations;
    }

    private void load(HttpClient client, String base, int own, AtomicBoolean running) {
        for (long n = 0; running.get(); n++) {
            long begin = System.nanoTime();
            try {
                HttpResponse<String> response = Clients.send(client, request(base, "/load-" + own + "-" + n));
                if (response.statusCode() != 200) {
                    failures.add(
                            response.statusCode() + " " + response.headers().map());
                }
            } catch (Exception e) {
                failures.add(e.toString());
            }
            requests.incrementAndGet();
            micros.add((System.nanoTime() - begin) / 1000);
        }
    }

    private static WebSocket webSocket(HttpClient client, String base, BlockingQueue<String> echoes) throws Exception {
        return client.newWebSocketBuilder()
                .buildAsync(URI.create(base.replace("https:", "wss:") + "/ws"), new WebSocket.Listener() {
                    @Override
                    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
                        echoes.add(data.toString());
                        socket.request(1);
                        return null;
                    }
                })
                .get(20, TimeUnit.SECONDS);
    }

    private static Member regional(Credentials own, TrialOrigin origin) {
        return gate("regional-1", RegionalApplication.class, own, "http://localhost:" + origin.port());
    }

    private static Member edge(Credentials own, Credentials customer, int regionalPort) {
        String bundle = "spring.ssl.bundle.pem.customer.keystore.";
        return gate(
                "edge-1",
                EdgeApplication.class,
                own,
                "https://localhost:" + regionalPort,
                "sallyport.edge.http-port=-1",
                bundle + "certificate=" + customer.chain().toUri(),
                bundle + "private-key=" + customer.key().toUri());
    }

    private static Member gate(String id, Class<?> application, Credentials own, String upstream, String... more) {
        List<String> settings = new ArrayList<>(List.of(
                "server.port=0",
                "management.server.port=0",
                "sallyport.access-log=off",
                "sallyport.node.id=" + id,
                "sallyport.node.key=" + own.key(),
                "sallyport.node.chain=" + own.chain(),
                "sallyport.node.trust=" + own.trust(),
                ROUTE + "id=everything",
                ROUTE + "uri=" + upstream,
                ROUTE + "predicates[0]=Path=/**",
                ROUTE + "filters[0]=HttpCache"));
        settings.addAll(Arrays.asList(more));
        Member.Plan plan = new Member.Plan(
                id, application, id.substring(0, id.indexOf('-')), Stack.OF_THE_PKI, Duration.ofMillis(500), settings);
        return Member.start(plan, Arguments.parse().options().ports());
    }
}
