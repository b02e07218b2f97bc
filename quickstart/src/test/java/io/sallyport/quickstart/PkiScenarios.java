package io.sallyport.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sallyport.pki.PkiApplication;
import io.sallyport.pki.PkiPorts;
import io.sallyport.pki.ca.Role;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The real PKI as a member, entered with the certificates that the ceremony made. */
@Tag("full") // it starts the service twice
@ExtendWith(OutputCaptureExtension.class)
class PkiScenarios {
    @TempDir
    Path temporary;

    @Test
    void itGivesTokensToTheAdminAlsoAfterARestart(CapturedOutput output) {
        Options options = Arguments.parse(
                        "--state=" + temporary, "--pki.port=0", "--pki.admin-port=0", "--pki.management-port=0")
                .options();
        try (StateDirectory state = StateDirectory.take(options.state())) {
            Hierarchy hierarchy = new Hierarchy(state, InstantSource.system());
            for (boolean first : List.of(true, false)) {
                assertThat(hierarchy.prepare()).isEqualTo(first);
                try (Member pki = Member.start(Stack.pki(options, PkiApplication.class, state), options.ports());
                        AdminApi api = new AdminApi(
                                "https://localhost:" + pki.part(PkiPorts.class).admin(), hierarchy.admin())) {
                    assertThat(List.of(api.enrolmentToken(Node.edge(1)), api.enrolmentToken(Node.regional())))
                            .doesNotHaveDuplicates()
                            .noneMatch(String::isBlank);
                    assertThatExceptionOfType(CannotStartException.class)
                            .isThrownBy(() -> api.enrolmentToken(
                                    new Node("regional-2", Role.REGIONAL, List.of("example.org"), List.of())))
                            .withMessageContaining("gave no token for regional-2: status 422, ");
                    assertThat(pki.port(Settings.MANAGEMENT_PORT)).isPositive();
                }
            }
        }
        assertThat(output.getAll()).isEmpty();
    }
}
