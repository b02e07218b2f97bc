package io.sallyport.quickstart;

import static io.sallyport.quickstart.PairUnderTest.request;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a state directory is good for: the next start, also a late one. */
@Tag("full")
class RestartScenarios {
    @TempDir
    Path state;

    @Test
    void aRestartEnrolsNothingAnewUntilTheCertificatesHaveEnded() throws Exception {
        PairUnderTest.start(state).close();
        List<BigInteger> first = serials("regional-1", "edge-1");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state.resolve("nodes/edge-1/key.pem"))))
                .isEqualTo("rw-------");

        try (PairUnderTest pair = PairUnderTest.start(state)) {
            assertThat(serials("regional-1", "edge-1")).isEqualTo(first);
            assertThat(pair.get("/").statusCode()).isEqualTo(200);
            assertThat(state.resolve("nodes/edge-1/token")).doesNotExist();
        }

        NodeMaterial material = NodeMaterial.of(state);
        material.expire(Node.regional());
        material.expire(Node.edge(1));
        try (PairUnderTest pair = PairUnderTest.start(state, "--edges=2")) {
            assertThat(serials("regional-1", "edge-1")).doesNotContainAnyElementsOf(first);
            for (String node : List.of("regional-1", "edge-1", "edge-2")) {
                assertThat(leaf(node).getNotAfter().toInstant()).isAfter(Instant.now());
            }
            assertThat(pair.endpoints.edges()).hasSize(2).doesNotHaveDuplicates();
            pair.get("/");
            HttpResponse<String> ofTheOther =
                    Clients.send(pair.customer, request(pair.endpoints.edges().get(1), "/"));
            assertThat(String.join(", ", ofTheOther.headers().allValues("Cache-Status")))
                    .as("the edges share the regional gate's store")
                    .matches("regional; (hit|fwd).*, edge; fwd=uri-miss.*");
        }
    }

    private List<BigInteger> serials(String... nodes) throws Exception {
        List<BigInteger> serials = new ArrayList<>();
        for (String node : nodes) {
            serials.add(leaf(node).getSerialNumber());
        }
        return serials;
    }

    private X509Certificate leaf(String node) throws Exception {
        return NodeMaterial.certificates(state.resolve("nodes").resolve(node).resolve("chain.pem"))
                .getFirst();
    }
}
