package io.sallyport.gateway.request;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HostsTests {
    private final Hosts hosts = new Hosts();

    @Test
    void allRequestsForAHostHaveTheSameText() {
        String host = hosts.of("https", "Example.COM:443");
        assertThat(host).isEqualTo("example.com");
        assertThat(hosts.of("https", "Example.COM:".concat("443"))).isSameAs(host);
    }

    @Test
    void thePortThatIsUsualDependsOnTheScheme() {
        for (int round = 0; round < 2; round++) {
            assertThat(hosts.of("https", "example.com:80")).isEqualTo("example.com:80");
            assertThat(hosts.of("http", "example.com:80")).isEqualTo("example.com");
        }
    }

    @Test
    void hostsThatShareAPlaceAreNotTakenForEachOther() {
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 5_000; i++) {
                assertThat(hosts.of("http", "Host-" + i + ".example:08080")).isEqualTo("host-" + i + ".example:8080");
            }
        }
    }

    @Test
    void whatIsTooLongForANameIsNormalisedAndForgotten() {
        String name = "A".repeat(300);
        assertThat(hosts.of("http", name)).isEqualTo("a".repeat(300)).isNotSameAs(hosts.of("http", name));
    }
}
