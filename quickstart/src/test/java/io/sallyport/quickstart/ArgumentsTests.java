package io.sallyport.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sallyport.quickstart.Ports.Listener;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentsTests {
    @Test
    void withoutArgumentsEverythingHasItsDefault() {
        Options options = Arguments.parse().options();
        assertThat(options.origin()).isNull();
        assertThat(options.state()).isEqualTo(Path.of(System.getProperty("user.home"), ".sallyport"));
        assertThat(options.edges()).isOne();
        assertThat(options.cacheMode()).isEqualTo(CacheMode.SECURE);
        assertThat(options.accessLog()).isEqualTo(AccessLog.OFF);
        assertThat(options.ports().of(Listener.EDGE)).isEqualTo(8443);
        assertThat(options.ports().of(Listener.EDGE_HTTP)).isEqualTo(8080);
        assertThat(options.ports().of(Listener.EDGE_MANAGEMENT)).isEqualTo(8081);
        assertThat(options.ports().of(Listener.REGIONAL)).isEqualTo(9443);
        assertThat(options.ports().of(Listener.REGIONAL_MANAGEMENT)).isEqualTo(9081);
        assertThat(options.ports().of(Listener.PKI)).isEqualTo(7443);
        assertThat(options.ports().of(Listener.PKI_ADMIN)).isEqualTo(7444);
        assertThat(options.ports().of(Listener.PKI_MANAGEMENT)).isEqualTo(7081);
    }

    @Test
    void everyOptionIsTaken() {
        Options options = Arguments.parse(
                        "--origin=HTTP://Example.org:8000",
                        "--state=some/where",
                        "--edges=8",
                        "--edge.port=0",
                        "--edge.http-port",
                        "65535",
                        "--cache.mode=rfc",
                        "--access-log=combined")
                .options();
        assertThat(options.origin()).hasToString("http://Example.org:8000");
        assertThat(options.state()).isEqualTo(Path.of("some/where").toAbsolutePath());
        assertThat(options.edges()).isEqualTo(8);
        assertThat(options.ports().of(Listener.EDGE)).isZero();
        assertThat(options.ports().of(Listener.EDGE_HTTP)).isEqualTo(65535);
        assertThat(options.cacheMode()).isEqualTo(CacheMode.RFC);
        assertThat(options.accessLog()).isEqualTo(AccessLog.COMBINED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--edge.port",
                "--edge.http-port",
                "--edge.management-port",
                "--regional.port",
                "--regional.management-port",
                "--pki.port",
                "--pki.admin-port",
                "--pki.management-port"
            })
    void everyPortMayBeAnyFreeOneAndIsCheckedByName(String option) {
        assertThat(Arguments.parse(option + "=0").options().ports().byListener())
                .containsValue(0);
        assertRefused(option + "=65536", option + " must be a number from 0 to 65535: 65536");
        assertRefused(option + "=-1", option + " must be a number from 0 to 65535: -1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '→', quoteCharacter = '"', textBlock = """
            --edges=0 → --edges must be a number from 1 to 8: 0
            --edges=9 → --edges must be a number from 1 to 8: 9
            --edges=two → --edges must be a number from 1 to 8: two
            --edges= → --edges must be a number from 1 to 8:
            --edges → --edges needs a value
            --edge.port=https → --edge.port must be a number from 0 to 65535: https
            --cache.mode=fast → --cache.mode must be one of secure|rfc: fast
            --cache.mode=RFC → --cache.mode must be one of secure|rfc: RFC
            --access-log=on → --access-log must be one of off|json|combined: on
            --state= → --state must be the path of a directory: ''
            --edge.prot=1 → unknown option --edge.prot=1
            --edge → unknown option --edge
            start → unknown option start
            -x → unknown option -x
            --origin=localhost → --origin must be scheme, host and port, for example http://localhost:8000: localhost (its scheme
            --origin=localhost:8000 → (its scheme is not http or https)
            --origin=ftp://h → (its scheme is not http or https)
            --origin= → (its scheme is not http or https)
            --origin=http:// → (no URL)
            --origin=http://a b → (no URL)
            --origin=http:///p → (it has no valid host)
            --origin=http://h:99999 → (its port is not 1 to 65535)
            --origin=http://h:0 → (its port is not 1 to 65535)
            --origin=http://h/path → (it has a path)
            --origin=http://h// → (it has a path)
            --origin=http://h?q → (it has a query or a fragment)
            --origin=http://h#f → (it has a query or a fragment)
            --origin=http://u:secret@h → http://…@h (it has a user)
            """)
    void aWrongArgumentIsRefusedInOneLine(String argument, String refusal) {
        assertRefused(argument, refusal);
    }

    @Test
    void anOptionIsGivenOnce() {
        assertThatExceptionOfType(CannotStartException.class)
                .isThrownBy(() -> Arguments.parse("--edges=1", "--edges=2"))
                .withMessage("--edges may be given once only");
    }

    @Test
    void twoListenersDoNotShareAPort() {
        assertRefused("--regional.port=8443", "--edge.port and --regional.port are both 8443: give each its own port");
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost, http://localhost",
        "https://example.org/, https://example.org",
        "http://127.0.0.1:1, http://127.0.0.1:1",
        "http://[::1]:8000, http://[::1]:8000"
    })
    void anOriginIsSchemeHostAndPort(String text, String origin) {
        assertThat(Arguments.parse("--origin=" + text).options().origin()).hasToString(origin);
    }

    @Test
    void helpNamesEveryOption() {
        Arguments arguments = Arguments.parse("--help");
        assertThat(arguments.helpWanted()).isTrue();
        assertThat(arguments.help())
                .contains(
                        "--origin", "--state", "--edges", "--cache.mode=secure|rfc", "--access-log=off|json|combined");
        for (Listener listener : Listener.values()) {
            assertThat(arguments.help()).contains(listener.option() + "=PORT", "default: " + listener.defaultPort());
        }
    }

    private static void assertRefused(String argument, String refusal) {
        assertThatExceptionOfType(CannotStartException.class)
                .isThrownBy(() -> Arguments.parse(argument).options())
                .withMessageContaining(refusal)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }
}
