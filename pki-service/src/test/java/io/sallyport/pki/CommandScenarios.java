package io.sallyport.pki;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.pki.ca.Pem;
import io.sallyport.pki.ca.StateFiles;
import io.sallyport.pki.command.Commands;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the jar that set up a trial: the ceremony at once, and tokens from the running service. */
class CommandScenarios {
    @TempDir
    Path temporary;

    private record Result(int code, String out, String err) {}

    private static Result run(String... arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        ByteArrayOutputStream complained = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(complained, true, StandardCharsets.UTF_8));
            int code = Commands.run(arguments).orElseThrow();
            return new Result(code, said.toString(StandardCharsets.UTF_8), complained.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    private static X509Certificate certificate(Path file) {
        return Pem.certificates(StateFiles.readText(file)).getFirst();
    }

    @Test
    void whatIsNoCommandIsLeftToTheService() {
        assertThat(Commands.run()).isEmpty();
        assertThat(Commands.run("--sallyport.pki.port=0")).isEmpty();
    }

    @Test
    void aTrialKeepsTheHierarchyAndRenewsTheAdministrator() {
        Path state = temporary.resolve("state");
        String[] trial = {"trial", "--out=" + state, "--dns-suffix=regional", "--customer=localhost,127.0.0.1"};
        assertThat(run(trial).code()).isZero();
        X509Certificate root = certificate(state.resolve("root/root.pem"));
        X509Certificate admin = certificate(state.resolve("admin/chain.pem"));
        X509Certificate customer = certificate(state.resolve("customer/chain.pem"));

        assertThat(run(trial).code()).isZero();

        assertThat(certificate(state.resolve("root/root.pem"))).isEqualTo(root);
        assertThat(certificate(state.resolve("customer/chain.pem"))).isEqualTo(customer);
        assertThat(certificate(state.resolve("admin/chain.pem"))).isNotEqualTo(admin);
    }

    @Test
    void tokensLetNodesEnrol() throws Exception {
        Path state = temporary.resolve("state");
        Path tokens = temporary.resolve("tokens");
        run("trial", "--out=" + state, "--dns-suffix=regional.example");
        try (Service service = Service.start(state)) {
            Result result = run(
                    "token",
                    "--pki=" + service.admin("").resolve("/"),
                    "--admin=" + state.resolve("admin"),
                    "--out=" + tokens,
                    "edge:edge-1",
                    "regional:regional-1:a.regional.example,127.0.0.1");
            assertThat(result.code()).as(result.err()).isZero();
            Path file = tokens.resolve("regional-1.token");
            assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
            try (Client client = service.anonymous()) {
                var answer = service.enroll(client, StateFiles.readText(file).strip(), Csr.of("CN=regional-1"));
                assertThat(answer.statusCode()).isEqualTo(201);
                assertThat(Pem.certificates(answer.body()).getFirst().getSubjectAlternativeNames())
                        .anyMatch(name -> name.contains("a.regional.example"))
                        .anyMatch(name -> name.contains("127.0.0.1"));
            }
            Result refused = run(
                    "token",
                    "--pki=" + service.admin("").resolve("/"),
                    "--admin=" + state.resolve("admin"),
                    "gardener:edge-2");
            assertThat(refused.code()).isOne();
            assertThat(refused.err()).contains("gave no token for edge-2: status 400", "gardener");
        }
    }

    @Test
    void aWrongCallSaysWhatIsWrong() {
        Path state = temporary.resolve("state");
        run("trial", "--out=" + state);
        String admin = "--admin=" + state.resolve("admin");
        assertThat(run("token", "edge:edge-1").err()).contains("Missing required option: '--admin=DIR'");
        assertThat(run("token", admin, "edge-1"))
                .isEqualTo(new Result(2, "", "token: a node must be ROLE:NODE or ROLE:NODE:NAME,…: edge-1\n"));
        assertThat(run("token", admin, "edge:a", "edge:b").err()).contains("more than one node needs --out=DIR");
        assertThat(run("token", admin, "--ttl=1h", "edge:a").err()).contains("--ttl must be a duration such as PT15M");
        assertThat(run("token", admin, "--pki=http://localhost", "edge:a").err())
                .contains("--pki must be https://host:port");
        assertThat(run("token", "--admin=" + temporary.resolve("none"), "edge:a")
                        .err())
                .contains("chain.pem cannot be read");
        Result unreached = run("token", admin, "--pki=https://127.0.0.1:1", "edge:a");
        assertThat(unreached.code()).isOne();
        assertThat(unreached.err()).contains("the PKI at https://127.0.0.1:1 gave no token for a: ");
    }
}
