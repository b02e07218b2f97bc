package io.sallyport.pki.ca.ceremony;

import io.sallyport.pki.ca.HierarchyFiles;
import io.sallyport.pki.ca.Pem;
import io.sallyport.pki.ca.RevocationReason;
import io.sallyport.pki.ca.RevokedEntry;
import io.sallyport.pki.ca.SerialNumber;
import io.sallyport.pki.ca.StateFiles;
import io.sallyport.pki.ca.UnusableFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.Period;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The ceremony as a command line. Exit codes: 0 done, 1 a file is in the way or does not fit, 2 a wrong option. */
@Command(
        name = "ceremony",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "root|issuing|admin|crl|customer",
        description = "Makes the keys and certificates of a PKI, offline: root, issuing and admin, in this order.")
public final class CeremonyCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    /** Runs the command line; answers the exit code. */
    public static int run(String... arguments) {
        CommandLine line = new CommandLine(new CeremonyCommand());
        line.setExecutionExceptionHandler((problem, command, _) -> {
            if (problem instanceof UnusableFileException || problem instanceof IllegalArgumentException) {
                command.getErr().println("ceremony: " + problem.getMessage());
                return CommandLine.ExitCode.SOFTWARE;
            }
            throw problem;
        });
        return line.execute(arguments);
    }

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(spec.commandLine(), "say which step: root, issuing, admin, crl or customer");
        }
    }

    /** Options that every step has. */
    static final class Place {
        @Option(
                names = "--out",
                required = true,
                paramLabel = "DIR",
                description = "The directory of the hierarchy (the service's state directory).")
        private @Nullable Path out;

        @Option(
                names = "--root-passphrase-file",
                paramLabel = "FILE",
                description = "Holds the passphrase of the root's key.")
        private @Nullable Path rootPassphrase;

        @Option(
                names = "--issuing-passphrase-file",
                paramLabel = "FILE",
                description = "Holds the passphrase of the issuing CA's key.")
        private @Nullable Path issuingPassphrase;

        private Ceremony ceremony() {
            return ceremony(new Passphrases(rootPassphrase, issuingPassphrase));
        }

        private Ceremony ceremony(Passphrases passphrases) {
            return new Ceremony(directory(), passphrases, InstantSource.system(), new SecureRandom());
        }

        private Path directory() {
            if (out == null) {
                throw new IllegalArgumentException("--out=DIR is missing");
            }
            return out;
        }
    }

    private static void say(String text) {
        System.out.println(text);
    }

    @Command(
            name = "root",
            mixinStandardHelpOptions = true,
            description = "Makes a root (P-384, 10 years) and its list; a further one beside the first.")
    void root(
            @CommandLine.Mixin Place place,
            @Option(
                            names = "--passphrase-file",
                            paramLabel = "FILE",
                            description = "Encrypt the root's key with the passphrase in this file.")
                    @Nullable
                    Path passphrase) {
        Passphrases passphrases =
                new Passphrases(passphrase == null ? place.rootPassphrase : passphrase, place.issuingPassphrase);
        Path next = HierarchyFiles.nextRoot(place.directory());
        X509Certificate root = place.ceremony(passphrases).root();
        say("root: " + root.getSubjectX500Principal() + ", until "
                + root.getNotAfter().toInstant() + ", in " + next);
        say("Keep " + next.resolve(HierarchyFiles.ROOT_KEY) + " off the service once the issuing CA is signed.");
    }

    @Command(
            name = "issuing",
            mixinStandardHelpOptions = true,
            description = "Makes an issuing CA (P-256), signed by the youngest root; a further one beside the first.")
    void issuing(
            @CommandLine.Mixin Place place,
            @Option(
                            names = "--passphrase-file",
                            paramLabel = "FILE",
                            description = "Encrypt the issuing CA's key with the passphrase in this file.")
                    @Nullable
                    Path passphrase,
            @Option(
                            names = "--trust-domain",
                            defaultValue = IssuingPlan.TRUST_DOMAIN,
                            paramLabel = "DOMAIN",
                            description = "Host of the URIs that it may certify (default: ${DEFAULT-VALUE}).")
                    String trustDomain,
            @Option(
                            names = "--dns-suffix",
                            paramLabel = "DOMAIN",
                            description =
                                    "DNS name that it may certify, with all below it; may be repeated (default: localhost).")
                    @Nullable
                    List<String> dnsSuffixes,
            @Option(
                            names = "--ip-range",
                            paramLabel = "ADDRESS/BITS",
                            description = "Addresses that it may certify; may be repeated (default: loopback).")
                    @Nullable
                    List<String> ipRanges,
            @Option(
                            names = "--days",
                            defaultValue = "730",
                            paramLabel = "N",
                            description = "Its life (default: ${DEFAULT-VALUE}).")
                    int days) {
        Passphrases passphrases =
                new Passphrases(place.rootPassphrase, passphrase == null ? place.issuingPassphrase : passphrase);
        IssuingPlan plan = new IssuingPlan(trustDomain, orNone(dnsSuffixes), orNone(ipRanges), Period.ofDays(days));
        Path next = HierarchyFiles.nextIssuing(place.directory());
        X509Certificate issuing = place.ceremony(passphrases).issuing(plan);
        say("issuing: " + issuing.getSubjectX500Principal() + ", until "
                + issuing.getNotAfter().toInstant() + ", in " + next);
    }

    @Command(
            name = "admin",
            mixinStandardHelpOptions = true,
            description = "Makes an administrator's key and certificate, signed by the youngest issuing CA.")
    void admin(
            @CommandLine.Mixin Place place,
            @Option(
                            names = "--trust-domain",
                            defaultValue = IssuingPlan.TRUST_DOMAIN,
                            paramLabel = "DOMAIN",
                            description = "That of the issuing CA (default: ${DEFAULT-VALUE}).")
                    String trustDomain,
            @Option(
                            names = "--name",
                            defaultValue = "admin",
                            paramLabel = "NAME",
                            description = "Who it is (default: ${DEFAULT-VALUE}).")
                    String name,
            @Option(
                            names = "--days",
                            defaultValue = "30",
                            paramLabel = "N",
                            description = "Its life (default: ${DEFAULT-VALUE}).")
                    int days) {
        X509Certificate admin = place.ceremony().admin(new AdminPlan(trustDomain, name, Duration.ofDays(days)));
        say("admin: " + admin.getSubjectX500Principal() + ", until "
                + admin.getNotAfter().toInstant() + ", in " + place.directory().resolve("admin"));
    }

    @Command(
            name = "crl",
            mixinStandardHelpOptions = true,
            description = "Makes the next revocation list of each root whose key is there.")
    void crl(
            @CommandLine.Mixin Place place,
            @Option(
                            names = "--revoke",
                            paramLabel = "FILE",
                            description = "Certificate of an issuing CA that is to be in the list; may be repeated.")
                    @Nullable
                    List<Path> revoke,
            @Option(
                            names = "--reason",
                            defaultValue = "unspecified",
                            paramLabel = "REASON",
                            description = "A CRLReason of RFC 5280, for those (default: ${DEFAULT-VALUE}).")
                    String reason) {
        RevocationReason why = RevocationReason.ofWord(reason)
                .orElseThrow(() -> new IllegalArgumentException("not a reason for a revocation: " + reason));
        Instant now = InstantSource.system().instant().truncatedTo(ChronoUnit.SECONDS);
        Map<X509Certificate, RevokedEntry> entries = new LinkedHashMap<>();
        for (Path file : orNone(revoke)) {
            X509Certificate certificate =
                    Pem.certificates(StateFiles.readText(file)).getFirst();
            SerialNumber serial = SerialNumber.of(certificate.getSerialNumber())
                    .orElseThrow(() -> new IllegalArgumentException(file + " was not made by this ceremony"));
            entries.put(certificate, new RevokedEntry(serial, now, why));
        }
        place.ceremony().crl(entries);
        HierarchyFiles.rootDirectories(place.directory())
                .forEach(root -> say("crl: " + root.resolve(HierarchyFiles.ROOT_LIST)));
    }

    @Command(
            name = "customer",
            mixinStandardHelpOptions = true,
            description = "For trials: a CA for the customers' side, which no gate trusts, and a server certificate.")
    void customer(
            @CommandLine.Mixin Place place,
            @Option(
                            names = {"--dns", "--ip"},
                            split = ",",
                            paramLabel = "HOST",
                            description = "Names and addresses of the server (default: localhost,127.0.0.1,::1).")
                    @Nullable
                    List<String> hosts) {
        place.ceremony().customer(orNone(hosts));
        say("customer: in " + place.directory().resolve("customer"));
    }

    private static <T> List<T> orNone(@Nullable List<T> given) {
        return given == null ? List.of() : given;
    }
}
