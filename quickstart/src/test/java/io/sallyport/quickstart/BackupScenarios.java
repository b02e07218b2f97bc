package io.sallyport.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.identity.Role;
import io.sallyport.identity.node.NodeIdentity;
import io.sallyport.identity.node.NodeSettings;
import io.sallyport.pki.PkiApplication;
import io.sallyport.pki.PkiPorts;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runbook for the PKI's backup: its commands as they are written, over a ledger that has gone on since. */
@Tag("full")
class BackupScenarios {
    private static final Path PAGE = Path.of("../docs/runbooks/backup-pki.md");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh\\n(.*?)^```$");

    @TempDir
    Path temporary;

    /** The service over a state directory, with an admin. */
    private static final class Pki implements AutoCloseable {
        private final StateDirectory state;
        private final Hierarchy hierarchy;
        private final Member member;
        private final HttpClient admin;

        Pki(Path directory) {
            Options options = Arguments.parse(
                            "--state=" + directory, "--pki.port=0", "--pki.admin-port=0", "--pki.management-port=0")
                    .options();
            state = StateDirectory.take(options.state());
            hierarchy = new Hierarchy(state, InstantSource.system());
            hierarchy.prepare();
            member = Member.start(Stack.pki(options, PkiApplication.class, state), options.ports());
            admin = Clients.showing(hierarchy.admin(), hierarchy.admin().trust(), "TLSv1.3");
        }

        private String url(boolean forAdmins) {
            PkiPorts ports = member.part(PkiPorts.class);
            return "https://localhost:" + (forAdmins ? ports.admin() : ports.node());
        }

        String enrol(Node node, Path directory) throws Exception {
            Path token = directory.resolve(node.id() + ".token");
            try (AdminApi api = new AdminApi(url(true), hierarchy.admin())) {
                Files.writeString(token, api.enrolmentToken(node));
            }
            try (NodeIdentity identity = NodeIdentity.start(
                    new NodeSettings(
                            node.id(),
                            Role.valueOf(node.role().name()),
                            "sallyport.internal",
                            new NodeSettings.Source.Pki(URI.create(url(false)), token, directory.resolve(node.id())),
                            Duration.ofHours(1)),
                    InstantSource.system())) {
                return identity.current().chain().getFirst().getSerialNumber().toString(16);
            }
        }

        HttpResponse<String> ask(String path) throws Exception {
            return Clients.send(admin, PairUnderTest.request(url(true), "/api/v1" + path));
        }

        void revoke(String serial) throws Exception {
            HttpResponse<String> done = Clients.send(
                    admin,
                    PairUnderTest.request(url(true), "/api/v1/certificates/" + serial + "/revocation")
                            .header("Content-Type", "application/json")
                            .PUT(BodyPublishers.ofString("{\"reason\":\"keyCompromise\"}")));
            assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
        }

        @Override
        public void close() {
            admin.shutdownNow();
            member.close();
            state.close();
        }
    }

    private void run(String commands, Path state, Path backup, Path restored) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder("bash", "-euo", "pipefail", "-c", commands).redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "STATE", state.toString(), "BACKUP", backup.toString(), "RESTORED", restored.toString()));
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
    }

    @Test
    void whatWasBackedUpIsThereAndWhatWasRevokedSinceStaysRevoked() throws Exception {
        List<String> blocks = BLOCK.matcher(Files.readString(PAGE))
                .results()
                .map((MatchResult block) -> block.group(1))
                .toList();
        assertThat(blocks).hasSize(2);
        Path state = temporary.resolve("pki");
        Path backup = temporary.resolve("backup.tar.gz");
        Path restored = temporary.resolve("restored");
        String first;
        try (Pki pki = new Pki(state)) {
            first = pki.enrol(Node.edge(1), temporary);
        }
        run(blocks.getFirst(), state, backup, restored);
        String since;
        long number;
        try (Pki pki = new Pki(state)) {
            since = pki.enrol(Node.edge(2), temporary);
            pki.revoke(first);
            number = listNumber(pki, 1);
        }
        run(blocks.getLast(), state, backup, restored);
        try (Pki pki = new Pki(restored)) {
            assertThat(pki.ask("/certificates/" + first).body()).contains("\"status\":\"revoked\"");
            assertThat(pki.ask("/certificates/" + since).statusCode())
                    .as("the backup is older than it")
                    .isEqualTo(404);
            assertThat(listNumber(pki, 1)).isGreaterThanOrEqualTo(number);
            assertThat(pki.enrol(Node.regional(), temporary)).isNotBlank();
        }
    }

    /** The number of the issuing CA's list once so many certificates stand on it. */
    private static long listNumber(Pki pki, int entries) throws Exception {
        Pattern list = Pattern.compile("\"crl\":\\{\"number\":(\\d+),.*?\"entries\":" + entries + "}");
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            String issuers = pki.ask("/issuers").body();
            var found = list.matcher(issuers);
            if (found.find()) {
                return Long.parseLong(found.group(1));
            }
            assertThat(System.nanoTime()).as(issuers).isLessThan(end);
        }
    }
}
