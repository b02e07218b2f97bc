package io.sallyport.pki.command;

import io.sallyport.pki.ca.UnusableFileException;
import io.sallyport.pki.ca.ceremony.AdminPlan;
import io.sallyport.pki.ca.ceremony.Ceremony;
import io.sallyport.pki.ca.ceremony.IssuingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The whole ceremony at once, for trials: what is there stays, but for the administrator's certificate, which is made
 * anew each time. The root's key stays beside the service, in the clear.
 */
@Command(
        name = "trial",
        mixinStandardHelpOptions = true,
        description = "For trials: the whole ceremony at once. What is there stays; the administrator's certificate is"
                + " made anew. The root's key stays in the directory, in the clear: use 'ceremony' for anything else.")
final class TrialCommand implements Callable<Integer> {
    @Option(names = "--out", required = true, paramLabel = "DIR", description = "The service's state directory.")
    private @Nullable Path out;

    @Option(
            names = "--dns-suffix",
            paramLabel = "DOMAIN",
            description = "DNS name that may be certified beside localhost, with all below it; may be repeated.")
    private List<String> dnsSuffixes = new ArrayList<>();

    @Option(
            names = "--customer",
            split = ",",
            paramLabel = "HOST",
            description = "Makes a CA and a certificate for the customers' side, for these names and addresses.")
    private List<String> customers = new ArrayList<>();

    @Option(
            names = "--customer-out",
            paramLabel = "DIR",
            description = "Where these go, below 'customer' (default: the state directory).")
    private @Nullable Path customerOut;

    @Option(
            names = "--management-token",
            paramLabel = "FILE",
            description = "Makes a token for the management ports there, readable for all on this machine.")
    private @Nullable Path managementToken;

    /** Runs the command line; exit codes as those of the ceremony. */
    static int run(String... arguments) {
        CommandLine line = new CommandLine(new TrialCommand());
        line.setExecutionExceptionHandler((problem, command, _) -> {
            if (problem instanceof UnusableFileException || problem instanceof IllegalArgumentException) {
                command.getErr().println("trial: " + problem.getMessage());
                return CommandLine.ExitCode.SOFTWARE;
            }
            throw problem;
        });
        return line.execute(arguments);
    }

    @Override
    public Integer call() {
        if (out == null) {
            throw new IllegalArgumentException("--out=DIR is missing");
        }
        Ceremony ceremony = Ceremony.in(out);
        if (!Files.exists(out.resolve("root/root.pem"))) {
            ceremony.root();
        }
        if (!Files.exists(out.resolve("issuing/chain.pem"))) {
            ceremony.issuing(plan());
        }
        ceremony.admin(AdminPlan.defaults());
        Path customerPlace = customerOut == null ? out : customerOut;
        if (!customers.isEmpty() && !Files.exists(customerPlace.resolve("customer/chain.pem"))) {
            Ceremony.in(customerPlace).customer(customers);
        }
        if (managementToken != null && !Files.exists(managementToken)) {
            byte[] secret = new byte[32];
            new SecureRandom().nextBytes(secret);
            write(managementToken, HexFormat.of().formatHex(secret));
        }
        System.out.println("trial: a hierarchy is in " + out);
        return CommandLine.ExitCode.OK;
    }

    private static void write(Path file, String token) {
        try {
            Files.writeString(file, token + "\n");
        } catch (IOException e) {
            throw new IllegalArgumentException("--management-token cannot be written: " + e, e);
        }
    }

    private IssuingPlan plan() {
        IssuingPlan defaults = IssuingPlan.defaults();
        List<String> suffixes = new ArrayList<>(defaults.dnsSuffixes());
        suffixes.addAll(dnsSuffixes);
        return new IssuingPlan(defaults.trustDomain(), suffixes, defaults.ipRanges(), defaults.life());
    }
}
