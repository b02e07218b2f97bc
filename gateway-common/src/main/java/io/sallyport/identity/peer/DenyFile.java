package io.sallyport.identity.peer;

import io.sallyport.identity.IdentityException;
import io.sallyport.identity.WatchedFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file with names of nodes that do not count as peers, one in a line; blank lines and lines that begin with {@code #}
 * are left out. It is read every second, and a list that cannot be used leaves the former one in place.
 */
public final class DenyFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DenyFile.class);
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Path file;
    private final Set<String> allowed;
    private final Set<String> denied;
    private final NodeLists lists;
    private final WatchedFiles watched;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("deny-file").factory());

    /**
     * Reads the file into the lists and begins to watch it.
     *
     * @param allowed the allow list, which the file does not change
     * @param denied nodes that are denied besides those of the file
     * @throws IdentityException if the file cannot be read or holds something else
     */
    public DenyFile(Path file, Set<String> allowed, Set<String> denied, NodeLists lists) {
        this.file = file;
        this.allowed = Set.copyOf(allowed);
        this.denied = Set.copyOf(denied);
        this.lists = lists;
        this.watched = new WatchedFiles(List.of(file));
        take(watched.first());
        var _ = thread.scheduleWithFixedDelay(this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            watched.settled().ifPresent(this::take);
        } catch (RuntimeException e) {
            LOG.warn("event=material-refused file={} reason=\"{}\"", file, e.getMessage());
        }
    }

    private void take(WatchedFiles.Contents contents) {
        Set<String> all = new LinkedHashSet<>(denied);
        new String(contents.of(file), StandardCharsets.UTF_8)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .forEach(all::add);
        lists.change(allowed, all);
        LOG.info("event=deny-list file={} nodes={}", file, all.size());
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
