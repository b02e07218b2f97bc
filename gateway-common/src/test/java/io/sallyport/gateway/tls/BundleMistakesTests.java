package io.sallyport.gateway.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sallyport.identity.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@DisplayName("A bundle of the listener that cannot be used stops the start with one message")
@ExtendWith(OutputCaptureExtension.class)
class BundleMistakesTests {
    private static final String KEYSTORE = "spring.ssl.bundle.pem.customer.keystore.";

    @TempDir
    Path directory;

    @SpringBootConfiguration
    @EnableAutoConfiguration(excludeName = "io.sallyport.gateway.GateAutoConfiguration")
    static class Gate {}

    @BeforeAll
    static void prepareJvm() {
        GateTls.prepareJvm();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "missing.pem, customer, which cannot be used: there is no file",
        "garbage.pem, customer, which cannot be used:",
        "missing.pem, nobody,   which cannot be used: SSL bundle name 'nobody' cannot be found"
    })
    void stopsTheStart(String file, String bundle, String expected, CapturedOutput output) throws IOException {
        TestAuthority authority = new TestAuthority("Sallyport", Instant.now());
        Path node = TestAuthority.write(authority.issue(authority.edge("edge-1")), directory.resolve("node"));
        Files.writeString(directory.resolve("garbage.pem"), "garbage");
        Throwable failure = catchThrowable(() -> new SpringApplicationBuilder(Gate.class)
                .run(
                        "--server.port=0",
                        "--server.address=127.0.0.1",
                        "--spring.main.banner-mode=off",
                        "--logging.level.root=ERROR",
                        "--server.ssl.bundle=" + bundle,
                        "--" + KEYSTORE + "certificate=" + directory.resolve(file),
                        "--" + KEYSTORE + "private-key=" + directory.resolve(file),
                        "--sallyport.node.role=edge",
                        "--sallyport.node.id=edge-1",
                        "--sallyport.node.key=" + node.resolve("key.pem"),
                        "--sallyport.node.chain=" + node.resolve("chain.pem"),
                        "--sallyport.node.trust=" + node.resolve("trust.pem"))
                .close());
        assertThat(failure)
                .as("main ends with it, so that the process exits with 1")
                .isNotNull();
        assertThat(output.getAll())
                .contains("APPLICATION FAILED TO START")
                .contains("server.ssl.bundle is " + bundle + ", " + expected)
                .contains("spring.ssl.bundle.pem." + bundle + ".keystore")
                .doesNotContain("\tat ");
    }
}
