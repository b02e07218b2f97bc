package io.sallyport.gateway.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.identity.IdentityException;
import io.sallyport.identity.TestAuthority;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** The identity that is got while Spring makes the context. */
class EarlyIdentityTests {
    @TempDir
    Path directory;

    private final GenericApplicationContext context = new GenericApplicationContext();

    @Test
    void aContextThatCannotBeMadeLeavesNoIdentityBehind() throws InterruptedException {
        TestAuthority authority = new TestAuthority("Sallyport", Instant.now());
        Set<Thread> before = identityThreads();
        initialize(TestAuthority.write(authority.issue(authority.regional("regional-1")), directory.resolve("node")));
        assertThat(pending().get().settings().id()).isEqualTo("regional-1");
        Set<Thread> begun = identityThreads();
        begun.removeAll(before);
        assertThat(begun).isNotEmpty();
        context.registerBean("wrong", String.class, () -> {
            throw new IllegalStateException("this bean cannot be made");
        });
        assertThatThrownBy(context::refresh).hasRootCauseMessage("this bean cannot be made");
        for (Thread thread : begun) {
            assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
        }
    }

    @Test
    void whatIsWrongWithTheFilesIsSaidToTheOneWhoWaits() {
        initialize(directory.resolve("nothing"));
        assertThatThrownBy(() -> pending().get())
                .isInstanceOf(IdentityException.class)
                .hasMessageContaining("nothing");
        pending().destroy();
    }

    @Test
    void settingsThatDoNotBindAreLeftToSpring() {
        context.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource("wrong", Map.of("sallyport.node.id", "Not A Name")));
        new EarlyIdentity().initialize(context);
        assertThat(context.getBeanFactory().getBeanNamesForType(EarlyIdentity.Pending.class))
                .isEmpty();
    }

    private void initialize(Path files) {
        context.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "node",
                        Map.of(
                                "sallyport.node.role", "regional",
                                "sallyport.node.id", "regional-1",
                                "sallyport.node.key", files.resolve("key.pem").toString(),
                                "sallyport.node.chain",
                                        files.resolve("chain.pem").toString(),
                                "sallyport.node.trust",
                                        files.resolve("trust.pem").toString())));
        new EarlyIdentity().initialize(context);
    }

    private EarlyIdentity.Pending pending() {
        return context.getBeanFactory().getBean(EarlyIdentity.Pending.class);
    }

    private static Set<Thread> identityThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("node-identity"))
                .collect(Collectors.toSet());
    }
}
