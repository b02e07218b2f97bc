package io.sallyport.quickstart;

import io.sallyport.edge.customer.RedirectListener;
import io.sallyport.pki.PkiPorts;
import io.sallyport.quickstart.Ports.Listener;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The origin, the PKI, the regional gate and the edges, started in this order and ended in the other.
 *
 * <p>{@link #close()} may come from another thread, also while the start is still under way.
 */
final class Stack implements AutoCloseable {
    private static final Duration PATIENCE_WITH_ORIGIN = Duration.ofSeconds(1);
    private static final Duration EDGE_DRAIN = Duration.ofSeconds(2);
    private static final Duration INNER_DRAIN = Duration.ofMillis(500);
    static final List<String> OF_THE_PKI = List.of(
            "io.sallyport.pki",
            "org.springframework.boot.jdbc",
            "org.springframework.boot.flyway",
            "org.springframework.boot.transaction");
    static final List<String> OF_THE_GATES = List.of("io.sallyport.gateway", "org.springframework.cloud");

    private final Options options;
    private final Applications applications;
    private final InstantSource clock;
    private final PrintStream out;
    private final Deque<AutoCloseable> inner = new ArrayDeque<>();
    private final List<Member> edges = new ArrayList<>();
    private boolean closed;

    Stack(Options options, Applications applications, InstantSource clock, PrintStream out) {
        this.options = options;
        this.applications = applications;
        this.clock = clock;
        this.out = out;
    }

    /** Starts everything and writes down where it is; throws a {@link CannotStartException} where that cannot be. */
    Endpoints start() {
        StateDirectory state = keep(StateDirectory.take(options.state()));
        options.ports().requireFree();
        forget(state.endpoints());
        OriginUrl origin = origin();
        Hierarchy hierarchy = new Hierarchy(state, clock);
        if (timed("certificates", hierarchy::prepare)) {
            out.printf("made a throw-away PKI in %s: its root key lies there in the clear%n", state.path());
        }
        Member pki = keep(start(pki(options, applications.pki(), state)));
        String pkiUrl = https(pki.part(PkiPorts.class).node());
        String adminUrl = https(pki.part(PkiPorts.class).admin());
        try (AdminApi api = new AdminApi(adminUrl, hierarchy.admin())) {
            Enrolment enrolment = new Enrolment(state, hierarchy, api, clock);
            Settings settings = new Settings(options, state, hierarchy, pkiUrl);
            List<Member> gates = startGates(settings, enrolment, origin);
            return written(state, endpoints(pki, gates.getFirst(), origin));
        }
    }

    /** Ends everything in order: the edges together, then inwards. */
    @Override
    public void close() {
        List<Member> ending;
        Deque<AutoCloseable> endingAfter;
        synchronized (this) {
            closed = true;
            ending = List.copyOf(edges);
            edges.clear();
            endingAfter = new ArrayDeque<>(inner);
            inner.clear();
        }
        CompletableFuture.allOf(ending.stream()
                        .map(edge -> CompletableFuture.runAsync(edge::close, Stack::onOwnThread))
                        .toArray(CompletableFuture[]::new))
                .join();
        endingAfter.forEach(Stack::close);
    }

    private OriginUrl origin() {
        OriginUrl given = options.origin();
        if (given == null) {
            return keep(new SampleOrigin(clock)).url();
        }
        if (!given.isReachable(PATIENCE_WITH_ORIGIN)) {
            out.printf("warning: nothing answers at %s yet; until it does, what is not stored gets 502%n", given);
        }
        return given;
    }

    /** Answers how the PKI is started. */
    static Member.Plan pki(Options options, Class<?> application, StateDirectory state) {
        return new Member.Plan("pki", application, "pki", OF_THE_GATES, INNER_DRAIN, Settings.pki(options, state));
    }

    private static Member.Plan gate(Node node, Class<?> application, Duration drain, List<String> settings) {
        return new Member.Plan(node.id(), application, node.role().word(), OF_THE_PKI, drain, settings);
    }

    private Member start(Member.Plan plan) {
        return timed(plan.name(), () -> Member.start(plan, options.ports()));
    }

    /** Starts the regional gate and the edges at the same time: the start of a gate is most of the wait. */
    private List<Member> startGates(Settings settings, Enrolment enrolment, OriginUrl origin) {
        int regionalPort = options.ports().ofOrFree(Listener.REGIONAL);
        List<Member.Plan> plans = new ArrayList<>();
        Node regional = Node.regional();
        plans.add(gate(
                regional,
                applications.regional(),
                INNER_DRAIN,
                settings.regional(regional, enrolment.prepare(regional), regionalPort, origin)));
        for (int number = 1; number <= options.edges(); number++) {
            Node edge = Node.edge(number);
            plans.add(gate(
                    edge,
                    applications.edge(),
                    EDGE_DRAIN,
                    settings.edge(number, edge, enrolment.prepare(edge), https(regionalPort))));
        }
        String names = plans.stream().map(Member.Plan::name).collect(Collectors.joining(", "));
        List<Member> gates = timed(names, () -> startTogether(plans));
        keep(gates.getFirst());
        gates.stream().skip(1).forEach(this::keepEdge);
        return gates;
    }

    private List<Member> startTogether(List<Member.Plan> plans) {
        List<CompletableFuture<Member>> starting = plans.stream()
                .map(plan ->
                        CompletableFuture.supplyAsync(() -> Member.start(plan, options.ports()), Stack::onOwnThread))
                .toList();
        List<Member> started = new ArrayList<>();
        CannotStartException refusal = null;
        for (CompletableFuture<Member> gate : starting) {
            try {
                started.add(gate.join());
            } catch (CompletionException e) {
                CannotStartException other = e.getCause() instanceof CannotStartException known
                        ? known
                        : new CannotStartException(CannotStartException.reason(e), e);
                refusal = refusal == null ? other : refusal;
            }
        }
        if (refusal != null) {
            started.forEach(Stack::close);
            throw refusal;
        }
        return started;
    }

    private <T> T timed(String name, Supplier<T> step) {
        long before = System.nanoTime();
        out.printf("starting %s … ", name);
        out.flush();
        try {
            T result = step.get();
            out.printf(Locale.ROOT, "%.1f s%n", (System.nanoTime() - before) / 1e9);
            return result;
        } catch (RuntimeException e) {
            out.println("failed");
            throw e;
        }
    }

    private Endpoints endpoints(Member pki, Member regional, OriginUrl origin) {
        List<Member> all;
        synchronized (this) {
            all = List.copyOf(edges);
        }
        if (all.isEmpty()) {
            throw new CannotStartException("ended while it was starting");
        }
        Member first = all.getFirst();
        return new Endpoints(
                https(first.port(Settings.SERVER_PORT)),
                all.stream().map(edge -> https(edge.port(Settings.SERVER_PORT))).toList(),
                http(first.part(RedirectListener.class).port()),
                https(regional.port(Settings.SERVER_PORT)),
                https(pki.part(PkiPorts.class).node()),
                https(pki.part(PkiPorts.class).admin()),
                http(first.port(Settings.MANAGEMENT_PORT)),
                all.stream()
                        .map(edge -> http(edge.port(Settings.MANAGEMENT_PORT)))
                        .toList(),
                http(regional.port(Settings.MANAGEMENT_PORT)),
                http(pki.port(Settings.MANAGEMENT_PORT)),
                origin.toString());
    }

    private static String https(int port) {
        return "https://localhost:" + port;
    }

    private static String http(int port) {
        return "http://localhost:" + port;
    }

    private static Endpoints written(StateDirectory state, Endpoints endpoints) {
        try {
            endpoints.write(state.endpoints());
            return endpoints;
        } catch (IOException e) {
            throw new CannotStartException("%s cannot be written: %s".formatted(state.endpoints(), e.getMessage()), e);
        }
    }

    private static void forget(Path endpoints) {
        try {
            Files.deleteIfExists(endpoints);
        } catch (IOException e) {
            throw new CannotStartException("%s cannot be deleted: %s".formatted(endpoints, e.getMessage()), e);
        }
    }

    /** What is kept ends with the stack, at once where the stack has ended already. */
    private <T extends AutoCloseable> T keep(T started) {
        synchronized (this) {
            if (!closed) {
                inner.push(started);
                return started;
            }
        }
        close(started);
        throw new CannotStartException("ended while it was starting");
    }

    private void keepEdge(Member edge) {
        synchronized (this) {
            if (!closed) {
                edges.add(edge);
                return;
            }
        }
        edge.close();
        throw new CannotStartException("ended while it was starting");
    }

    private static void onOwnThread(Runnable work) {
        Thread.ofPlatform().daemon().name("stack").start(work);
    }

    private static void close(@Nullable AutoCloseable part) {
        try {
            if (part != null) {
                part.close();
            }
        } catch (Exception e) {
            // The others have to end too.
        }
    }
}
