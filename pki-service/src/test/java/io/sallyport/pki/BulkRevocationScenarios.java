package io.sallyport.pki;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.pki.authority.RevocationListPublisher;
import io.sallyport.pki.ca.Der;
import io.sallyport.pki.ca.Pem;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Many certificates revoked at once, after a dry run. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("full")
class BulkRevocationScenarios {
    private Service service;

    @BeforeAll
    void start(@TempDir Path state) {
        Service.ceremony(state);
        service = Service.start(state);
    }

    @AfterAll
    void stop() {
        service.close();
    }

    private HttpResponse<String> bulk(String members) throws Exception {
        try (Client admin = service.adminClient()) {
            return admin.post(service.admin("/revocations"), "application/json", "{" + members + "}");
        }
    }

    private static List<String> serials(HttpResponse<String> answer) {
        return StreamSupport.stream(Service.json(answer).get("items").spliterator(), false)
                .map(one -> one.get("serial").asString())
                .toList();
    }

    private Service.Enrolled renewed(Service.Enrolled node, String id) throws Exception {
        Csr csr = Csr.of("CN=" + id);
        try (Client client = service.client(node)) {
            return new Service.Enrolled(
                    csr,
                    Pem.certificates(client.post(service.node("/renewals"), "text/plain", csr.pem())
                            .body()));
        }
    }

    @Test
    void aNodeGoesAsAWholeInOneListOnceTheDryRunIsConfirmed() throws Exception {
        var first = service.enrolled("edge-b1", "edge");
        var second = renewed(first, "edge-b1");
        String which = "\"nodeId\":\"edge-b1\",\"reason\":\"keyCompromise\"";
        var unseen = bulk(which);
        assertThat(unseen.statusCode()).isEqualTo(409);
        assertThat(unseen.body()).contains("set-changed", first.serial(), second.serial());
        var dry = bulk(which + ",\"dryRun\":true");
        assertThat(dry.statusCode()).as(dry.body()).isEqualTo(200);
        assertThat(serials(dry)).containsExactly(first.serial(), second.serial());
        String confirm = Service.json(dry).get("confirm").asString();
        assertThat(Service.json(unseen).get("confirm").asString()).isEqualTo(confirm);

        var third = renewed(second, "edge-b1");
        var changed = bulk(which + ",\"confirm\":\"" + confirm + "\"");
        assertThat(changed.statusCode()).isEqualTo(409);
        assertThat(changed.body()).contains(third.serial());
        assertThat(statusOf(third)).isEqualTo("issued");

        long number = listNumber();
        String current = Service.json(changed).get("confirm").asString();
        var done = bulk(which + ",\"confirm\":\"" + current + "\"");
        assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
        assertThat(serials(done)).containsExactly(first.serial(), second.serial(), third.serial());
        for (var one : List.of(first, second, third)) {
            assertThat(statusOf(one)).isEqualTo("revoked");
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (listNumber() == number && System.nanoTime() < deadline) {
            LockSupport.parkNanos(1_000_000);
        }
        var list = service.bean(RevocationListPublisher.class).current().orElseThrow();
        assertThat(list.contents().number()).isEqualTo(number + 1);
        assertThat(list.serials().stream().map(serial -> serial.hex()).toList())
                .contains(first.serial(), second.serial(), third.serial());
        assertThat(serials(bulk(which + ",\"dryRun\":true"))).isEmpty();
    }

    private long listNumber() {
        return service.bean(RevocationListPublisher.class)
                .current()
                .orElseThrow()
                .contents()
                .number();
    }

    private String statusOf(Service.Enrolled node) throws Exception {
        try (Client admin = service.adminClient()) {
            return Service.json(admin.get(service.admin("/certificates/" + node.serial())))
                    .get("status")
                    .asString();
        }
    }

    @Test
    void aKeyTakesWhatWasRenewedWithItAndALineageAllBeforeAndAfter() throws Exception {
        var first = service.enrolled("edge-b2", "edge");
        var second = renewed(first, "edge-b2");
        var third = renewed(second, "edge-b2");
        var other = service.enrolled("edge-b3", "edge");
        String spki = Der.sha256(second.chain().getFirst().getPublicKey().getEncoded());
        assertThat(serials(bulk("\"spkiSha256\":\"" + spki + "\",\"dryRun\":true")))
                .containsExactly(second.serial(), third.serial());
        assertThat(serials(bulk("\"spkiSha256\":\"" + spki + "\",\"reason\":\"superseded\",\"dryRun\":true")))
                .containsExactly(second.serial());
        assertThat(serials(bulk("\"lineage\":\"" + second.serial() + "\",\"dryRun\":true")))
                .containsExactly(first.serial(), second.serial(), third.serial())
                .doesNotContain(other.serial());
    }

    @Test
    void whatIsUnclearIsRefused() throws Exception {
        assertThat(bulk("\"dryRun\":true").statusCode()).isEqualTo(400);
        assertThat(bulk("\"nodeId\":\"a\",\"lineage\":\"" + "4" + "0".repeat(39) + "\"")
                        .statusCode())
                .isEqualTo(400);
        assertThat(bulk("\"spkiSha256\":\"12\"").statusCode()).isEqualTo(400);
        assertThat(bulk("\"lineage\":\"4" + "0".repeat(39) + "\"").statusCode()).isEqualTo(404);
        assertThat(bulk("\"nodeId\":\"a\",\"reason\":\"certificateHold\"").statusCode())
                .isEqualTo(422);
        assertThat(bulk("\"nodeId\":\"a\",\"more\":1").statusCode()).isEqualTo(400);
        assertThat(serials(bulk("\"nodeId\":\"nobody\",\"dryRun\":true"))).isEmpty();
    }
}
