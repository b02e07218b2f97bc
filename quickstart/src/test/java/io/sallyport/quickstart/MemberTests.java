package io.sallyport.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.sallyport.quickstart.Ports.Listener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class MemberTests {
    private static final Ports FREE = new Ports(Map.of());

    /** A web application with nothing in it. */
    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class EmptyApplication {}

    @Test
    void aMemberServesOnFreePortsOfThisMachineUntilItIsClosed(CapturedOutput output) throws IOException {
        Member one = Member.start(plan("server.port=0", "management.server.port=0"), FREE);
        Member other = Member.start(plan("server.port=0", "management.server.port=0"), FREE);
        connect(one.port(Settings.SERVER_PORT));
        connect(one.port(Settings.MANAGEMENT_PORT));
        one.close();
        assertThatIOException().isThrownBy(() -> connect(one.port(Settings.SERVER_PORT)));
        connect(other.port(Settings.SERVER_PORT));
        other.close();
        assertThatIOException().isThrownBy(() -> connect(other.port(Settings.MANAGEMENT_PORT)));
        assertThat(output.getAll()).isEmpty();
    }

    @Test
    void aTakenPortIsSaidInOneLine(CapturedOutput output) throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            Ports ports = new Ports(Map.of(Listener.PKI_MANAGEMENT, port));
            for (Member.Plan plan : List.of(
                    plan("server.port=" + port, "management.server.port=0"),
                    plan("server.port=0", "management.server.port=" + port))) {
                assertThatExceptionOfType(CannotStartException.class)
                        .isThrownBy(() -> Member.start(plan, ports))
                        .withMessage(
                                "port %d is taken: end what listens there, or choose another with --pki.management-port=PORT (0: any free one)",
                                port);
            }
        }
        assertThat(output.getAll()).isEmpty();
    }

    @Test
    void whateverElseIsWrongIsSaidInOneLine(CapturedOutput output) {
        assertThatExceptionOfType(CannotStartException.class)
                .isThrownBy(() -> Member.start(plan("server.port=0", "server.ssl.bundle=missing"), FREE))
                .withMessageStartingWith("empty could not start: ")
                .withMessageContaining("missing")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
        assertThat(output.getAll()).isEmpty();
    }

    private static Member.Plan plan(String... settings) {
        return new Member.Plan(
                "empty",
                EmptyApplication.class,
                "empty",
                List.of(
                        "io.sallyport",
                        "org.springframework.cloud",
                        "org.springframework.boot.jdbc",
                        "org.springframework.boot.flyway"),
                Duration.ofSeconds(1),
                List.of(settings));
    }

    private static void connect(int port) throws IOException {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
    }
}
