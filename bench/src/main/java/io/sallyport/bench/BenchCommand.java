package io.sallyport.bench;

import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** The tools of bench/run, bench/collapse and bench/rotation. */
final class BenchCommand {
    private static final String USAGE = """
            usage: bench bare --port=PORT --body=DIRECTORY
                   bench collapse --origin=PORT … (see bench/collapse)
                   bench load --url=URL --trust=PEM --customers=N --rate=N --seconds=N
                   bench nuisance --port=PORT --no-certificate=N --garbage=N --half-open=N --seconds=N
                   bench revoking --port=PORT --admins=URL --admin=DIRECTORY --victim=DIRECTORY
                   bench list-swap --entries=N --swaps=N
                   bench look-up
                   bench cache-steps""";

    private BenchCommand() {}

    public static void main(String[] arguments) throws Exception {
        Map<String, String> options = new HashMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (argument.startsWith("--") && equals > 0) {
                options.put(argument.substring(2, equals), argument.substring(equals + 1));
            }
        }
        switch (arguments.length == 0 ? "" : arguments[0]) {
            case "bare" -> Bare.serve(port(options), Path.of(needed(options, "body")));
            case "collapse" -> System.exit(collapse(options) ? 0 : 1);
            case "load" ->
                new Load(needed(options, "url"), Path.of(needed(options, "trust")), number(options, "customers"))
                        .run(number(options, "seconds"), Double.parseDouble(needed(options, "rate")));
            case "nuisance" ->
                new Nuisance(port(options))
                        .run(
                                number(options, "seconds"),
                                number(options, "no-certificate"),
                                number(options, "garbage"),
                                number(options, "half-open"));
            case "revoking" ->
                new Revoking(
                                port(options),
                                needed(options, "admins"),
                                Path.of(needed(options, "admin")),
                                Path.of(needed(options, "victim")))
                        .run();
            case "list-swap" -> new ListSwap(number(options, "entries")).run(number(options, "swaps"));
            case "look-up" -> benchmark(RevocationLookUp.class);
            case "cache-steps" -> benchmark(CacheSteps.class);
            default -> {
                System.err.println(USAGE);
                System.exit(2);
            }
        }
    }

    private static void benchmark(Class<?> benchmarks) throws RunnerException {
        new Runner(new OptionsBuilder()
                        .include(benchmarks.getName())
                        .addProfiler("gc")
                        .jvmArgsAppend("-XX:MaxDirectMemorySize=4g")
                        .build())
                .run();
    }

    private static boolean collapse(Map<String, String> options) throws Exception {
        Path trust = Path.of(needed(options, "trust"));
        try (CollapseOrigin origin = new CollapseOrigin(Integer.parseInt(needed(options, "origin")));
                CollapseClient clients = new CollapseClient(trust)) {
            Collapse collapse = new Collapse(origin, clients);
            String large = options.get("large");
            if (large != null) {
                long regional = Long.parseLong(needed(options, "regional-pid"));
                return collapse.large(gate(options, "pair"), regional, Long.parseLong(large));
            }
            Collapse.Servers servers = new Collapse.Servers(
                    uris(needed(options, "edges")),
                    uris(needed(options, "managements")),
                    gate(options, "plain"),
                    gate(options, "tls"),
                    trust);
            int rounds = Integer.parseInt(needed(options, "rounds"));
            return collapse.run(servers, rounds, Integer.parseInt(needed(options, "seconds")));
        }
    }

    private static List<URI> uris(String text) {
        return Arrays.stream(text.split(",", -1)).map(URI::create).toList();
    }

    private static Collapse.Gate gate(Map<String, String> options, String name) {
        return new Collapse.Gate(URI.create(needed(options, name)), Long.parseLong(needed(options, name + "-pid")));
    }

    private static int port(Map<String, String> options) {
        return number(options, "port");
    }

    private static int number(Map<String, String> options, String name) {
        return Integer.parseInt(needed(options, name));
    }

    private static String needed(Map<String, String> options, String name) {
        String value = options.get(name);
        if (value == null) {
            System.err.println("bench: --" + name + " is missing\n" + USAGE);
            System.exit(2);
            throw new AssertionError();
        }
        return value;
    }
}
