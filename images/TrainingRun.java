import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs a service until it is ready and ends it as an engine would, with SIGTERM: the JVM writes its AOT cache then. A gate
 * is given a PKI of the build's own to enrol at. Everything listens on the loopback; where a service does not become ready,
 * the build of the image fails.
 */
final class TrainingRun {
    private static final List<String> PKI = List.of("java", "-jar", "/training/pki/application.jar");
    private static final int READY_WITHIN_SECONDS = 180;
    private static final int END_WITHIN_SECONDS = 300; // the cache is put together
    private static final int SIGTERM = 143;

    private TrainingRun() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length < 2) {
            System.err.println("usage: TrainingRun pki|edge|regional COMMAND...");
            System.exit(2);
        }
        String role = arguments[0];
        List<String> command = Arrays.asList(arguments).subList(1, arguments.length);
        try {
            if (role.equals("pki")) {
                train(command);
            } else {
                trainAtPki(role, command);
            }
        } catch (IllegalStateException e) {
            System.err.println("the training run failed: " + e.getMessage());
            System.exit(1);
        }
    }

    private static void trainAtPki(String role, List<String> command) throws IOException, InterruptedException {
        int nodes = freePort();
        int admin = freePort();
        Process pki = ready(with(
                PKI,
                "--sallyport.pki.state=/training/state",
                "--sallyport.pki.bind=127.0.0.1",
                "--sallyport.pki.port=" + nodes,
                "--sallyport.pki.admin-port=" + admin));
        try {
            end(start(with(
                    PKI,
                    "token",
                    "--pki=https://localhost:" + admin,
                    "--admin=/training/state/admin",
                    "--out=/training/handover",
                    role + ":training" + (role.equals("regional") ? ":localhost" : ""))));
            train(with(command, "--sallyport.pki.url=https://localhost:" + nodes));
        } finally {
            pki.destroyForcibly();
        }
    }

    private static void train(List<String> command) throws IOException, InterruptedException {
        Process service = ready(command);
        service.destroy();
        end(service);
    }

    /** Starts a service and waits until its management port says that it is ready. */
    private static Process ready(List<String> command) throws IOException, InterruptedException {
        String port = String.valueOf(freePort());
        Process service = start(with(command, "--management.server.port=" + port));
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

    private static void end(Process process) throws InterruptedException {
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

    private static List<String> with(List<String> command, String... more) {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(more));
        return all;
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }
}
