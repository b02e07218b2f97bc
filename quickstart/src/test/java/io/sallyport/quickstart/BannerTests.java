package io.sallyport.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class BannerTests {
    private static final Endpoints ENDPOINTS = new Endpoints(
            "https://localhost:1",
            List.of("https://localhost:1"),
            "http://localhost:2",
            "https://localhost:3",
            "https://localhost:4",
            "https://localhost:5",
            "http://localhost:6",
            List.of("http://localhost:6"),
            "http://localhost:7",
            "http://localhost:8",
            "http://localhost:9");

    @Test
    void itNamesEveryEndpointAndFourCommands() {
        Banner banner = new Banner(ENDPOINTS, Path.of("/state"));
        assertThat(banner.commands())
                .containsExactly(
                        "curl -i --cacert /state/customer-ca.pem https://localhost:1/",
                        "curl -i --cacert /state/customer-ca.pem https://localhost:1/",
                        "curl -i --cacert /state/admin/trust.pem https://localhost:3/",
                        "curl --cacert /state/admin/trust.pem --cert /state/admin/chain.pem --key /state/admin/key.pem "
                                + "https://localhost:5/api/v1/certificates");
        assertThat(banner.text(Duration.ofMillis(9840)))
                .contains("ready after 9.8 s")
                .contains(banner.commands())
                .contains(List.of(
                        ENDPOINTS.edgeHttp(), ENDPOINTS.pki(), ENDPOINTS.regionalManagement(), ENDPOINTS.origin()));
    }

    @Test
    void aPathThatAShellWouldSplitIsQuoted() {
        Banner banner = new Banner(ENDPOINTS, Path.of("/it's here"));
        assertThat(banner.commands().getFirst())
                .isEqualTo("curl -i --cacert '/it'\\''s here/customer-ca.pem' https://localhost:1/");
    }
}
