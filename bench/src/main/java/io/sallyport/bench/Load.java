package io.sallyport.bench;

import io.netty.handler.ssl.SslContextBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLException;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** Customers who ask one after another at a given rate, each request once: what fails has failed. */
final class Load {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int SHOWN_FAILURES = 5;
    private static final Duration LAST = Duration.ofSeconds(10);

    private final HttpClient client;
    private final String url;
    private final int customers;
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong lately = new AtomicLong();

    /**
     * Customers of a URL.
     *
     * @param trust the CA of its certificate
     */
    Load(String url, Path trust, int customers) throws SSLException {
        var tls = SslContextBuilder.forClient().trustManager(trust.toFile()).build();
        this.url = url;
        this.customers = customers;
        this.client = HttpClient.create(ConnectionProvider.create("load", customers))
                .disableRetry(true)
                .secure(spec -> spec.sslContext(tls));
    }

    /**
     * Asks for so many seconds and prints what came of it, in all and, since a JVM must be warm to be fast, in the last ten
     * seconds.
     *
     * @param perSecond requests a second in all; 0 for as many as there can be
     */
    void run(int seconds, double perSecond) throws Exception {
        long begin = System.nanoTime();
        long end = begin + Duration.ofSeconds(seconds).toNanos();
        long pause = perSecond == 0 ? 0 : (long) (1e9 * customers / perSecond);
        List<Long> micros = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Long>>> running = new ArrayList<>();
            for (int number = 0; number < customers; number++) {
                long first = begin + pause * number / customers;
                running.add(threads.submit(() -> customer(first, pause, end)));
            }
            for (Future<List<Long>> one : running) {
                micros.addAll(one.get());
            }
        }
        double elapsed = (System.nanoTime() - begin) / 1e9;
        micros.sort(Long::compare);
        failures.stream().limit(SHOWN_FAILURES).forEach(failure -> System.out.println("failure: " + failure));
        System.out.printf(
                Locale.ROOT,
                "requests=%d failed=%d per_second=%.1f last_per_second=%.1f p50_us=%d p99_us=%d max_us=%d%n",
                requests.get(),
                failures.size(),
                requests.get() / elapsed,
                lately.get() / Math.min(elapsed, LAST.toNanos() / 1e9),
                micros.get(micros.size() / 2),
                micros.get(micros.size() * 99 / 100),
                micros.getLast());
    }

    private List<Long> customer(long first, long pause, long end) {
        List<Long> micros = new ArrayList<>();
        for (long due = first; System.nanoTime() < end; due += pause) {
            while (pause > 0 && System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            long begin = System.nanoTime();
            ask();
            long answered = System.nanoTime();
            micros.add((answered - begin) / 1000);
            if (end - answered <= LAST.toNanos()) {
                lately.incrementAndGet();
            }
        }
        return micros;
    }

    private void ask() {
        requests.incrementAndGet();
        try {
            Integer status = client.get()
                    .uri(url)
                    .responseSingle((response, content) ->
                            content.then().thenReturn(response.status().code()))
                    .block(PATIENCE);
            if (status == null || status != 200) {
                failures.add("status " + status);
            }
        } catch (RuntimeException e) {
            failures.add(e.toString());
        }
    }
}
