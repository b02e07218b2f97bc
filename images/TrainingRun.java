import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs a service until it is ready and ends it as an engine would, with SIGTERM: the JVM writes its AOT cache then. It is
 * given the services that it works with: a PKI of the build's own, both gates, which enrol there, an origin, and load.
 * Everything listens on the loopback; where a service does not become ready or a request fails, the build of the image fails.
 */
final class TrainingRun {
    private static final List<String> SETTINGS =
            List.of("--spring.profiles.active=training", "--spring.config.additional-location=file:/training/");
    private static final Path HANDOVER = Path.of("/training/handover");
    private static final int READY_WITHIN_SECONDS = 180;
    private static final int END_WITHIN_SECONDS = 300; // the cache is put together
    private static final int SIGTERM = 143;

    private TrainingRun() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length < 3 || !arguments[1].matches("[0-9]{1,3}")) {
            System.err.println("usage: TrainingRun pki|edge|regional SECONDS-OF-LOAD COMMAND...");
            System.exit(2);
        }
        String trained = arguments[0];
        Map<String, List<String>> commands = new HashMap<>(Map.of(
                "pki", List.of("java", "-jar", "/training/pki/application.jar"),
                "regional", List.of("java", "-jar", "/training/regional/application.jar"),
                "edge", List.of("java", "-jar", "/training/edge/application.jar")));
        try {
            if (commands.replace(trained, Arrays.asList(arguments).subList(2, arguments.length)) == null) {
                throw new IllegalStateException("there is no image " + trained);
            }
            train(trained, commands, Integer.parseInt(arguments[1]));
        } catch (IllegalStateException e) {
            System.err.println("the training run failed: " + e.getMessage());
            System.exit(1);
        }
    }

    /** Starts a PKI and both gates, sends requests, and ends the one that is trained. */
    private static void train(String trained, Map<String, List<String>> commands, int seconds)
            throws IOException, InterruptedException {
        int nodes = freePort();
        int admin = freePort();
        int inner = freePort();
        int outer = freePort();
        Map<String, Process> services = new HashMap<>();
        try (TrainingOrigin origin = new TrainingOrigin()) {
            services.put(
                    "pki",
                    ready(with(
                            commands.get("pki"),
                            List.of(
                                    "--sallyport.pki.state=/training/state",
                                    "--sallyport.pki.bind=127.0.0.1",
                                    "--sallyport.pki.port=" + nodes,
                                    "--sallyport.pki.admin-port=" + admin))));
            ended(start(with(
                    List.of("java", "-jar", commands.get("pki").getLast()),
                    List.of(
                            "token",
                            "--pki=https://localhost:" + admin,
                            "--admin=/training/state/admin",
                            "--out=" + HANDOVER,
                            "regional:inner:localhost",
                            "edge:outer"))));
            services.put("regional", ready(with(commands.get("regional"), gate("inner", inner, origin.url(), nodes))));
            services.put(
                    "edge", ready(with(commands.get("edge"), gate("outer", outer, "https://localhost:" + inner, nodes))));
            long sent = TrainingLoad.run(HANDOVER.resolve("customer/customer-ca.pem"), outer, seconds);
            System.out.println("the training run sent " + sent + " requests");
            end(services.get(trained));
        } finally {
            services.values().forEach(Process::destroyForcibly);
        }
    }

    private static List<String> gate(String node, int port, String upstream, int pki) {
        return List.of(
                "--training.node=" + node,
                "--training.upstream=" + upstream,
                "--server.port=" + port,
                "--sallyport.pki.url=https://localhost:" + pki);
    }

    /** Starts a service and waits until its management port says that it is ready. */
    private static Process ready(List<String> command) throws IOException, InterruptedException {
        String port = String.valueOf(freePort());
        Process service = start(with(with(command, SETTINGS), List.of("--management.server.port=" + port)));
        String answer = "";
        for (long start = System.nanoTime();
                System.nanoTime() - start < TimeUnit.SECONDS.toNanos(READY_WITHIN_SECONDS);
                Thread.sleep(50)) {
            if (!service.isAlive()) {
                throw new IllegalStateException("ended with " + service.exitValue() + ": " + command);
            }
            answer = HealthCheck.answer(port, "/actuator/health/readiness");
            if (answer.startsWith("HTTP/1.1 200")) {
                return service;
            }
        }
        service.destroyForcibly();
        throw new IllegalStateException("not ready after " + READY_WITHIN_SECONDS + " s (" + answer + "): " + command);
    }

    private static void end(Process service) throws InterruptedException {
        service.destroy();
        ended(service);
    }

    private static void ended(Process process) throws InterruptedException {
        if (!process.waitFor(END_WITHIN_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("has not ended after " + END_WITHIN_SECONDS + " s");
        }
        int code = process.exitValue();
        if (code != 0 && code != SIGTERM) {
            throw new IllegalStateException("ended with " + code);
        }
    }

    private static Process start(List<String> command) throws IOException {
        return new ProcessBuilder(command).inheritIO().start();
    }

    private static List<String> with(List<String> command, List<String> more) {
        List<String> all = new ArrayList<>(command);
        all.addAll(more);
        return all;
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }
}
