package io.sallyport.quickstart;

import io.sallyport.edge.EdgeApplication;
import io.sallyport.gateway.LeanStart;
import io.sallyport.gateway.tls.GateTls;
import io.sallyport.pki.PkiApplication;
import io.sallyport.regional.RegionalApplication;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;

/** The quickstart: the whole pair, its PKI and an origin in one JVM. */
public final class Quickstart {
    private static final int WRONG_ARGUMENTS = 2;
    private static final int CANNOT_START = 1;
    private static final Duration END_WITHIN = Duration.ofMillis(4500);

    private final Applications applications;
    private final PrintStream out;
    private final PrintStream err;

    Quickstart(Applications applications, PrintStream out, PrintStream err) {
        this.applications = applications;
        this.out = out;
        this.err = err;
    }

    /** Runs the quickstart until the process is told to end. */
    public static void main(String[] arguments) {
        LeanStart.prepareJvm();
        GateTls.prepareJvm();
        Applications applications =
                new Applications(PkiApplication.class, RegionalApplication.class, EdgeApplication.class);
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        int code = new Quickstart(applications, out, System.err).run(arguments);
        // Whatever a failed start has left running ends here.
        System.exit(code);
    }

    /** Answers the exit code: 0 ended as told, 1 it could not start, 2 wrong arguments. */
    int run(String... arguments) {
        Options options;
        try {
            Arguments parsed = Arguments.parse(arguments);
            if (parsed.helpWanted()) {
                out.print(parsed.help());
                return 0;
            }
            options = parsed.options();
        } catch (CannotStartException e) {
            return refuse(e, WRONG_ARGUMENTS);
        }
        Stack stack = new Stack(options, applications, InstantSource.system(), out);
        CountDownLatch ended = new CountDownLatch(1);
        Thread hook = Thread.ofPlatform().name("end").unstarted(() -> end(stack, ended));
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            Endpoints endpoints = stack.start();
            out.print(new Banner(endpoints, options.state()).text(sinceJvmStart()));
            out.flush();
            ended.await();
            return 0;
        } catch (CannotStartException e) {
            end(stack, ended);
            return isEnding(hook) ? 0 : refuse(e, CANNOT_START);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return CANNOT_START;
        }
    }

    /** Ends the stack, and waits no longer for it than a user would. */
    private static void end(Stack stack, CountDownLatch ended) {
        Thread closing = Thread.ofPlatform().daemon().name("closing").start(stack::close);
        try {
            closing.join(END_WITHIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended.countDown();
        }
    }

    /** Answers whether the process was ending anyway; if not, the hook is taken away. */
    private static boolean isEnding(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }

    private int refuse(CannotStartException e, int code) {
        err.println("quickstart: " + e.getMessage());
        return code;
    }

    private static Duration sinceJvmStart() {
        return Duration.ofMillis(ManagementFactory.getRuntimeMXBean().getUptime());
    }
}
