package io.sallyport.quickstart;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sallyport.quickstart.Ports.Listener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PortsTests {
    @Test
    void aTakenPortIsRefusedWithTheOptionThatChangesIt() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Ports ports = new Ports(Map.of(Listener.REGIONAL, taken.getLocalPort()));
            assertThatExceptionOfType(CannotStartException.class)
                    .isThrownBy(ports::requireFree)
                    .withMessageStartingWith("port %d is taken: ", taken.getLocalPort())
                    .withMessageContaining("--regional.port=PORT");
        }
    }

    @Test
    void portsThatAreLeftOpenCollideWithNothing() {
        Ports ports = new Ports(Map.of(Listener.EDGE, 0, Listener.REGIONAL, 0));
        assertThatCode(ports::requireFree).doesNotThrowAnyException();
    }
}
