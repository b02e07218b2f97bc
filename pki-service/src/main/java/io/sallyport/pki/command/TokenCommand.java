package io.sallyport.pki.command;

import io.sallyport.pki.ca.StateFiles;
import io.sallyport.pki.ca.UnusableFileException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** One-time tokens for nodes, from a running service. Exit codes: 0 done, 1 refused or not reached, 2 wrong options. */
@Command(
        name = "token",
        mixinStandardHelpOptions = true,
        description = "Asks a running service for one-time tokens, one for each node.")
final class TokenCommand implements Callable<Integer> {
    @Option(
            names = "--pki",
            defaultValue = "https://localhost:7444",
            paramLabel = "URL",
            description = "The admins' listener (default: ${DEFAULT-VALUE}).")
    private URI pki = URI.create("https://localhost:7444");

    @Option(
            names = "--admin",
            required = true,
            paramLabel = "DIR",
            description = "The administrator's chain.pem, key.pem and trust.pem (the ceremony's directory 'admin').")
    private @Nullable Path admin;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description =
                    "Write each token to DIR/NODE.token, readable for this user only; needed for more than one node.")
    private @Nullable Path out;

    @Option(
            names = "--ttl",
            defaultValue = "PT1H",
            paramLabel = "DURATION",
            description = "How long a token may be used, such as PT15M (default: ${DEFAULT-VALUE}, at most PT24H).")
    private String ttl = "PT1H";

    @Parameters(
            arity = "1..*",
            paramLabel = "ROLE:NODE[:NAME,…]",
            description = "Role, name, and the DNS names and addresses that the node serves under, such as edge:edge-1"
                    + " or regional:regional-1:regional.example.")
    private List<String> nodes = new ArrayList<>();

    /** Runs the command line; answers the exit code. */
    static int run(String... arguments) {
        CommandLine line = new CommandLine(new TokenCommand());
        line.setExecutionExceptionHandler((problem, command, _) -> {
            if (problem instanceof TokenRefusedException || problem instanceof UnusableFileException) {
                command.getErr().println("token: " + problem.getMessage());
                return CommandLine.ExitCode.SOFTWARE;
            }
            if (problem instanceof IllegalArgumentException) {
                command.getErr().println("token: " + problem.getMessage());
                return CommandLine.ExitCode.USAGE;
            }
            throw problem;
        });
        return line.execute(arguments);
    }

    @Override
    public Integer call() {
        List<NodeWish> wishes = nodes.stream().map(this::wish).toList();
        if (out == null && wishes.size() > 1) {
            throw new IllegalArgumentException("more than one node needs --out=DIR");
        }
        if (admin == null) {
            throw new IllegalArgumentException("--admin=DIR is missing");
        }
        if (!"https".equals(pki.getScheme()) || pki.getHost() == null) {
            throw new IllegalArgumentException("--pki must be https://host:port: " + pki);
        }
        try (AdminApi api = new AdminApi(pki, admin)) {
            for (NodeWish wish : wishes) {
                String token = api.token(wish);
                if (out == null) {
                    System.out.println(token);
                } else {
                    Path file = out.resolve(wish.nodeId() + ".token");
                    StateFiles.writeSecret(file, (token + "\n").getBytes(StandardCharsets.US_ASCII));
                    System.out.println("token: " + file);
                }
            }
        }
        return CommandLine.ExitCode.OK;
    }

    private NodeWish wish(String text) {
        String[] parts = text.split(":", 3);
        if (parts.length < 2 || !parts[1].matches("[a-z0-9][a-z0-9._-]*")) {
            throw new IllegalArgumentException("a node must be ROLE:NODE or ROLE:NODE:NAME,…: " + text);
        }
        List<String> names = parts.length < 3 ? List.of() : List.of(parts[2].split(","));
        return new NodeWish(
                parts[1],
                parts[0],
                names.stream().filter(name -> !isAddress(name)).toList(),
                names.stream().filter(TokenCommand::isAddress).toList(),
                duration(ttl));
    }

    private static boolean isAddress(String name) {
        return name.contains(":") || name.matches("[0-9.]+");
    }

    private static Duration duration(String text) {
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("--ttl must be a duration such as PT15M: " + text, e);
        }
    }

    /** What the admin API is asked for. */
    record NodeWish(String nodeId, String role, List<String> dnsNames, List<String> ipAddresses, Duration ttl) {
        NodeWish {
            dnsNames = List.copyOf(dnsNames);
            ipAddresses = List.copyOf(ipAddresses);
        }
    }
}
