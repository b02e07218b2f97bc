package io.sallyport.quickstart;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line of the quickstart: what its arguments mean, and the help about them. */
final class Arguments {
    private static final String ORIGIN = "--origin";
    private static final String STATE = "--state";
    private static final String EDGES = "--edges";
    private static final String CACHE_MODE = "--cache.mode";
    private static final String ACCESS_LOG = "--access-log";
    private static final String HELP = "--help";

    private final CommandLine commandLine = new CommandLine(specification());
    private final ParseResult parsed;

    private Arguments(String... arguments) {
        parsed = commandLine.parseArgs(arguments);
    }

    /** Answers the arguments, or refuses them with a {@link CannotStartException} of one line. */
    static Arguments parse(String... arguments) {
        try {
            return new Arguments(arguments);
        } catch (UnmatchedArgumentException e) {
            throw new CannotStartException("unknown option %s: --help lists the options"
                    .formatted(e.getUnmatched().getFirst()));
        } catch (OverwrittenOptionException e) {
            throw new CannotStartException("%s may be given once only".formatted(nameOf(e)));
        } catch (MissingParameterException e) {
            throw new CannotStartException("%s needs a value: --help says which".formatted(nameOf(e)));
        } catch (ParameterException e) {
            throw new CannotStartException(
                    String.valueOf(e.getMessage()).lines().findFirst().orElse("wrong option"));
        }
    }

    /** Answers whether help is all that is wanted. */
    boolean helpWanted() {
        return parsed.hasMatchedOption(HELP);
    }

    /** Answers the help. */
    String help() {
        return commandLine.getUsageMessage();
    }

    /** Answers the options that the arguments mean; a wrong value is a {@link CannotStartException}. */
    Options options() {
        String origin = value(ORIGIN);
        return new Options(
                origin == null ? null : OriginUrl.parse(origin),
                state(value(STATE)),
                number(EDGES, 1, 1, Options.MAX_EDGES),
                ports(),
                choice(CACHE_MODE, CacheMode.SECURE),
                choice(ACCESS_LOG, AccessLog.OFF));
    }

    private static CommandSpec specification() {
        CommandSpec specification = CommandSpec.create()
                .name("quickstart")
                .addOption(option(ORIGIN, "URL", "Any real origin: scheme, host and port (default: a sample origin)"))
                .addOption(option(
                        STATE,
                        "DIR",
                        "State that survives a restart: CA, keys, certificates (default: " + defaultState() + ")"))
                .addOption(option(
                        EDGES,
                        "N",
                        "How many edges, 1 to " + Options.MAX_EDGES + " (default: 1); further ones take free ports"));
        for (Ports.Listener listener : Ports.Listener.values()) {
            specification.addOption(option(
                    listener.option(),
                    "PORT",
                    "Port of %s (default: %d; 0: any free one)"
                            .formatted(listener.description(), listener.defaultPort())));
        }
        specification
                .addOption(option(CACHE_MODE, choices(CacheMode.SECURE), "How the gates cache (default: secure)"))
                .addOption(option(ACCESS_LOG, choices(AccessLog.OFF), "One line per client request (default: off)"))
                .addOption(OptionSpec.builder(HELP)
                        .description("Print this and end")
                        .build());
        specification
                .usageMessage()
                .description("Starts the PKI, the regional gate, the edge and an origin in one JVM on 127.0.0.1.")
                .sortOptions(false)
                .abbreviateSynopsis(true)
                .width(110);
        return specification;
    }

    private static OptionSpec option(String name, String label, String description) {
        return OptionSpec.builder(name)
                .type(String.class)
                .arity("1")
                .paramLabel(label)
                .description(description)
                .build();
    }

    private Ports ports() {
        Map<Ports.Listener, Integer> ports = new EnumMap<>(Ports.Listener.class);
        for (Ports.Listener listener : Ports.Listener.values()) {
            ports.put(listener, number(listener.option(), listener.defaultPort(), 0, 65535));
        }
        return new Ports(ports);
    }

    private @Nullable String value(String option) {
        return parsed.matchedOptionValue(option, (String) null);
    }

    private static Path state(@Nullable String text) {
        if (text == null) {
            return defaultState();
        }
        try {
            if (!text.isBlank()) {
                return Path.of(text).toAbsolutePath().normalize();
            }
        } catch (InvalidPathException e) {
            // Said below.
        }
        throw new CannotStartException("%s must be the path of a directory: '%s'".formatted(STATE, text));
    }

    private static Path defaultState() {
        return Path.of(System.getProperty("user.home"), ".sallyport").toAbsolutePath();
    }

    private int number(String option, int whenAbsent, int min, int max) {
        String text = value(option);
        if (text == null) {
            return whenAbsent;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new CannotStartException("%s must be a number from %d to %d: %s".formatted(option, min, max, text));
    }

    private <E extends Enum<E>> E choice(String option, E whenAbsent) {
        String text = value(option);
        if (text == null) {
            return whenAbsent;
        }
        for (E constant : whenAbsent.getDeclaringClass().getEnumConstants()) {
            if (wordOf(constant).equals(text)) {
                return constant;
            }
        }
        throw new CannotStartException("%s must be one of %s: %s".formatted(option, choices(whenAbsent), text));
    }

    /** Answers the word by which an option's value is given. */
    static String wordOf(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static <E extends Enum<E>> String choices(E any) {
        return Arrays.stream(any.getDeclaringClass().getEnumConstants())
                .map(Arguments::wordOf)
                .collect(Collectors.joining("|"));
    }

    private static String nameOf(OverwrittenOptionException e) {
        return ((OptionSpec) e.getOverwritten()).longestName();
    }

    private static String nameOf(MissingParameterException e) {
        return ((OptionSpec) e.getMissing().getFirst()).longestName();
    }
}
