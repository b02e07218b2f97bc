package io.sallyport.quickstart;

import static io.sallyport.quickstart.PairUnderTest.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.edge.EdgeApplication;
import io.sallyport.gateway.tls.GateTls;
import io.sallyport.regional.RegionalApplication;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The page docs/openssl.md as it is written: its commands make the CA, its settings run the pair. */
@Tag("full") // it starts a pair of its own
@ExtendWith(OutputCaptureExtension.class)
class OpensslScenarios {
    private static final Path PAGE = Path.of("../docs/openssl.md");

    @TempDir
    Path directory;

    @Test
    void thePairRunsOnAHandMadeCaAndItsRevocationList(CapturedOutput output) throws Exception {
        GateTls.prepareJvm();
        blocks("sh").forEach(this::run);
        List<String> settings = blocks("yaml");
        try (TrialOrigin origin = new TrialOrigin();
                Member regional = gate(
                        "regional", RegionalApplication.class, settings.get(0).replace("8000", "" + origin.port()));
                Member edge = gate(
                        "edge",
                        EdgeApplication.class,
                        settings.get(1).replace("9443", "" + regional.port(Settings.SERVER_PORT)));
                HttpClient customer =
                        Clients.trusting(directory.resolve("customer.pem"), HttpClient.Version.HTTP_1_1)) {
            String base = "https://localhost:" + edge.port(Settings.SERVER_PORT);
            assertThat(Clients.send(customer, request(base, "/a")).body()).isEqualTo("page 1");
            assertThat(output.getAll().lines().filter(line -> line.contains("event=peers-by-common-name")))
                    .hasSize(2);

            blocks("sh revoke").forEach(this::run);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            for (int n = 0; Clients.send(customer, request(base, "/probe-" + n)).statusCode() == 200; n++) {
                assertThat(System.nanoTime()).as("cut off in time").isLessThan(end);
            }
            assertThat(output.getAll())
                    .contains("event=peer-connection-ended node=edge-cdn-us-east-1", "reason=revoked");
        }
    }

    private Member gate(String role, Class<?> application, String settings) throws IOException {
        Path file = Files.writeString(
                directory.resolve(role + ".yaml"), settings.replace("/etc/sallyport", directory.toString()));
        List<String> arguments = new ArrayList<>(List.of(
                "spring.config.additional-location=" + file.toUri(),
                "server.port=0",
                "management.server.port=0",
                "sallyport.access-log=off"));
        if (role.equals("edge")) {
            arguments.add("sallyport.edge.http-port=-1");
        }
        Member.Plan plan =
                new Member.Plan(role, application, role, Stack.OF_THE_PKI, Duration.ofMillis(500), arguments);
        return Member.start(plan, Arguments.parse().options().ports());
    }

    /** What stands in the page's code blocks of a kind, in order. */
    private static List<String> blocks(String kind) throws IOException {
        Matcher block = Pattern.compile("(?ms)^```" + kind + "\n(.*?)^```$").matcher(Files.readString(PAGE));
        List<String> found = new ArrayList<>();
        while (block.find()) {
            found.add(block.group(1));
        }
        assertThat(found).as(kind).isNotEmpty();
        return found;
    }

    private void run(String commands) {
        try {
            Process shell = new ProcessBuilder("bash", "-euc", commands)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(shell.waitFor(120, TimeUnit.SECONDS)).isTrue();
            assertThat(shell.exitValue()).as(commands + said).isZero();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
