package io.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("full") // it waits for files to be noticed
@DisplayName("A changed configuration is taken whole or not at all")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReloadScenarios {
    private static final ScriptedOrigin first = new ScriptedOrigin();
    private static final ScriptedOrigin second = new ScriptedOrigin();

    @TempDir
    static Path directory;

    private static Path file;
    private static GateUnderTest gate;

    @BeforeAll
    static void start() throws IOException {
        first.answers("200 OK\nCache-Control: max-age=60\nX-From: first", "content");
        second.answers("200 OK\nCache-Control: max-age=60\nX-From: second", "content");
        // As Kubernetes mounts a ConfigMap: the file is a link, by way of a link that is swapped.
        file = directory.resolve("edge.yaml");
        mount("one", route("site", "HttpCache", first.url()));
        Files.createSymbolicLink(file, Path.of("..data", "edge.yaml"));
        gate = GateUnderTest.withoutRoutes(
                "--spring.config.additional-location=file:" + file,
                "--management.server.port=0",
                "--management.server.address=127.0.0.1",
                "--management.endpoint.health.show-details=always",
                "--management.endpoint.health.show-components=always",
                "--logging.level.io.sallyport=OFF");
    }

    @AfterAll
    static void stop() throws IOException {
        gate.close();
        first.close();
        second.close();
    }

    @BeforeEach
    void theFirstRoutes() throws IOException {
        write(route("site", "HttpCache", first.url()));
        assertThat(reload().statusCode()).isEqualTo(200);
    }

    private static String route(String id, String filter, String uri) {
        return """
            spring.cloud.gateway.server.webflux:
              routes:
                - id: %s
                  uri: %s
                  predicates: ["Path=/**"]
                  filters: [%s]
            """.formatted(id, uri, filter);
    }

    private static void write(String content) throws IOException {
        Files.writeString(file, content);
    }

    /** Puts a file where the link {@code ..data} points from now on. */
    private static void mount(String version, String content) throws IOException {
        Path data = Files.createDirectories(directory.resolve(version));
        Files.writeString(data.resolve("edge.yaml"), content);
        Path link = directory.resolve("..data.next");
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, data);
        Files.move(
                link,
                directory.resolve("..data"),
                java.nio.file.StandardCopyOption.ATOMIC_MOVE,
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private static HttpResponse<String> reload() {
        return gate.manage("POST", "/actuator/reload", "{}", "Content-Type", "application/json");
    }

    private static String from(HttpResponse<String> response) {
        return response.headers().firstValue("X-From").orElse(response.statusCode() + "");
    }

    private static double reloads(String result) {
        return gate.bean(MeterRegistry.class)
                .get("sallyport.config.reloads")
                .tag("result", result)
                .counter()
                .count();
    }

    @Test
    @Order(1)
    void newRoutesAreTakenAndServeNoOldBytes() throws IOException {
        assertThat(from(gate.get("/page"))).isEqualTo("first");
        write(route("site", "HttpCache", second.url()));
        double before = reloads("success");
        HttpResponse<String> answer = reload();
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"routes\":[\"site\"],\"restartNeededFor\":[]}");
        assertThat(from(gate.get("/page"))).isEqualTo("second");
        assertThat(gate.get("/page").headers().allValues("Cache-Status").toString())
                .contains("hit");
        assertThat(reloads("success")).isEqualTo(before + 1);
    }

    @Test
    @Order(2)
    void aFileThatIsWrittenIsFound() throws IOException {
        write(route("written", "HttpCache", second.url()));
        while (!from(gate.get("/written")).equals("second")) {
            gate.get("/wait");
        }
    }

    @ParameterizedTest
    @Order(3)
    @CsvSource(delimiter = ';', textBlock = """
        NoSuchFilter; edge.yaml] - 3:11; NoSuchFilter
        TokenRelay,HttpCache; edge.yaml] - 3:11; route shop cannot be cached: filters has TokenRelay
        {name: HttpCache, args: {heuristic-cap: -5s}}; edge.yaml] - 3:11; argument heuristic-cap
        """)
    void aRouteThatCannotBeIsRefusedWithItsPlace(String filter, String place, String reason) throws IOException {
        write(route("shop", filter, second.url()));
        double before = reloads("refused");
        HttpResponse<String> answer = reload();
        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains(place, reason);
        assertThat(reloads("refused")).isGreaterThan(before);
        assertThat(from(gate.get("/still"))).isEqualTo("first");
        assertThat(gate.manage("GET", "/actuator/health", "").body()).contains("\"refused\":", reason);
    }

    @Test
    @Order(4)
    void whatIsNoYamlIsRefusedWithTheFile() throws IOException {
        write("spring: [unclosed\n  more: {");
        HttpResponse<String> answer = reload();
        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains("edge.yaml");
        assertThat(from(gate.get("/still"))).isEqualTo("first");
    }

    @Test
    @Order(4)
    void aListThatDoesNotExistAndAnotherWrongSettingAreRefused() throws IOException {
        write(route("shop", "HttpCache", "regional://nowhere"));
        assertThat(reload().body()).contains("edge.yaml] - 3:11", "there is no such list of gates");
        write(route("shop", "HttpCache", second.url()) + "sallyport.client.head-timeout: soon\n");
        assertThat(reload().body()).contains("edge.yaml] - ", "sallyport.client.head-timeout", "soon");
        write(route("shop", "HttpCache", second.url()) + "server.compression.enabled: true\n");
        assertThat(reload().body()).contains("server.compression.enabled is true");
        assertThat(from(gate.get("/still"))).isEqualTo("first");
    }

    @Test
    @Order(5)
    void listsOfGatesAreTaken() throws IOException {
        write(route("list", "HttpCache", "regional://all") + "sallyport.upstream.regionals.all: [" + second.url()
                + "]\n");
        assertThat(reload().statusCode()).isEqualTo(200);
        assertThat(from(gate.get("/list"))).isEqualTo("second");
    }

    @Test
    @Order(5)
    void whatCountsFromTheNextStartOnIsNamed() throws IOException {
        write(route("site", "HttpCache", first.url()) + "sallyport.fill.max-waiters: 7\n");
        assertThat(reload().body()).contains("\"restartNeededFor\":[\"sallyport.fill.max-waiters\"]");
        assertThat(gate.manage("GET", "/actuator/health", "").body()).contains("sallyport.fill.max-waiters");
    }

    @Test
    @Order(6)
    void noWebPageReloads() {
        assertThat(gate.manage("POST", "/actuator/reload", "", "Origin", "http://elsewhere.example")
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    @Order(7)
    void noRequestFailsAndNoneGetsOldBytesWhileRoutesChange() throws Exception {
        AtomicBoolean running = new AtomicBoolean(true);
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> loads =
                    List.of(clients.submit(() -> load(running, 0)), clients.submit(() -> load(running, 1)));
            for (int turn = 0; turn < 20; turn++) {
                ScriptedOrigin origin = turn % 2 == 0 ? second : first;
                write(route("site", turn % 3 == 2 ? "TokenRelay,HttpCache" : "HttpCache", origin.url()));
                boolean taken = reload().statusCode() == 200;
                assertThat(taken).isEqualTo(turn % 3 != 2);
                if (taken) {
                    assertThat(from(gate.get("/turn-" + turn / 2))).isEqualTo(origin == first ? "first" : "second");
                }
            }
            running.set(false);
            for (Future<?> load : loads) {
                load.get(20, TimeUnit.SECONDS);
            }
        }
    }

    private static void load(AtomicBoolean running, int own) {
        for (int n = 0; running.get(); n++) {
            assertThat(gate.get("/load-" + own + "-" + n % 10).statusCode()).isEqualTo(200);
        }
    }

    @Test
    @Order(8)
    void aLinkThatIsSwappedIsFound() throws IOException {
        mount("two", route("swapped", "HttpCache", second.url()));
        while (!from(gate.get("/swapped")).equals("second")) {
            gate.get("/wait");
        }
    }
}
