package io.sallyport.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Watches how far the resident memory of a process rises, from now until it is asked. */
final class ResidentMemory implements AutoCloseable {
    private final Path status;
    private final long before;
    private volatile long most;
    private volatile boolean over;

    ResidentMemory(long pid) throws IOException {
        status = Path.of("/proc", Long.toString(pid), "status");
        before = bytes();
        most = before;
        Thread.ofPlatform().daemon().start(this::run);
    }

    private void run() {
        try {
            while (!over) {
                most = Math.max(most, bytes());
                TimeUnit.MILLISECONDS.sleep(20);
            }
        } catch (IOException ended) {
            // The process is gone.
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
        }
    }

    private long bytes() throws IOException {
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) << 10;
            }
        }
        throw new IOException("no VmRSS in " + status);
    }

    /** By how many MiB it rose at most. */
    double risenMebibytes() {
        return (most - before) / (double) (1 << 20);
    }

    /** Ends the watch. */
    @Override
    public void close() {
        over = true;
    }
}
