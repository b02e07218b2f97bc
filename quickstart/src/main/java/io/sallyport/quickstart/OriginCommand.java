package io.sallyport.quickstart;

import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The sample origin as a process of its own, for containers. Runs until it is told to end. */
@Command(
        name = "origin",
        mixinStandardHelpOptions = true,
        description = "Serves the quickstart's sample origin over plain HTTP.")
final class OriginCommand implements Callable<Integer> {
    private static final int SIGNALLED = 128 + 15;

    @Option(names = "--address", defaultValue = "127.0.0.1", description = "To listen at (default: ${DEFAULT-VALUE}).")
    private String address = "127.0.0.1";

    @Option(names = "--port", defaultValue = "8000", description = "To listen at (default: ${DEFAULT-VALUE}).")
    private int port = 8000;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new OriginCommand()).execute(arguments));
    }

    @Override
    public Integer call() throws InterruptedException {
        try (SampleOrigin origin = new SampleOrigin(InstantSource.system(), address, port)) {
            System.out.println("event=origin-started url=" + origin.url());
            new CountDownLatch(1).await();
            return SIGNALLED;
        }
    }
}
