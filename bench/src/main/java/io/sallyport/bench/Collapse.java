package io.sallyport.bench;

import io.netty.handler.ssl.SslContextBuilder;
import io.sallyport.bench.CollapseClient.Answered;
import io.sallyport.bench.CollapseClient.Connection;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.tcp.SslProvider;

/** What bench/collapse measures: how many fetches many clients cost, how long they wait, and what memory it takes. */
final class Collapse {
    private static final int MEBIBYTE = 1 << 20;
    private static final Pattern ENTRIES = Pattern.compile("\"entries\"\\s*:\\s*(\\d+)");

    private final CollapseOrigin origin;
    private final CollapseClient clients;
    private final Figures figures = new Figures();
    private int key;

    /**
     * The processes under test.
     *
     * @param edges two edges before one regional gate
     * @param managements the management ports of these three
     * @param plain an edge on its own, without TLS, that stores objects of 40 MB
     * @param tls the same with TLS
     * @param trust the CA of their certificates
     */
    record Servers(List<URI> edges, List<URI> managements, Gate plain, Gate tls, Path trust) {}

    /** A gate in a process of its own. */
    record Gate(URI uri, long pid) {}

    Collapse(CollapseOrigin origin, CollapseClient clients) {
        this.origin = origin;
        this.clients = clients;
    }

    /** Measures everything, prints it, and tells whether every figure holds. */
    boolean run(Servers servers, int rounds, int pollSeconds) throws Exception {
        warmUp(servers);
        for (int i = 0; i < rounds; i++) {
            cold(servers.edges(), 1000, 150);
            cold(servers.edges().subList(0, 1), 51, 10);
            uncacheable(servers.edges().getFirst());
        }
        readers("plain", servers.plain(), 5, 32 + 20);
        readers("TLS", servers.tls(), 5, 32 + 20 + 100);
        killed(servers, 1000);
        for (int i = 0; i < rounds; i++) {
            manifest(servers.edges(), pollSeconds);
        }
        return figures.print();
    }

    /** Measures a large object alone, through an edge before a regional gate, both with little memory. */
    boolean large(Gate edge, long regionalPid, long bytes) throws Exception {
        warmUp(edge.uri());
        get(edge.uri(), "/" + fresh() + "/0/" + Math.min(bytes, 512L * MEBIBYTE) + "/max-age=60");
        String target = "/large/0/" + bytes + "/max-age=3600";
        try (ResidentMemory outer = new ResidentMemory(edge.pid());
                ResidentMemory inner = new ResidentMemory(regionalPid)) {
            Answered whole = get(edge.uri(), target);
            require(whole.complete() && whole.status() == 200 && whole.bytes() == bytes, "the whole: " + whole);
            figures.add("a large object: seconds for " + bytes + " bytes", whole.millis() / 1e3, "s", 600);
            for (String range :
                    List.of("bytes=0-1048575", "bytes=-1048576", "bytes=" + bytes / 2 + "-" + (bytes / 2 + 1048575))) {
                Answered part = get(edge.uri(), target, "Range", range);
                require(part.complete() && part.status() == 206 && part.bytes() == MEBIBYTE, range + ": " + part);
            }
            figures.add("a large object and ranges of it: memory of the edge", outer.risenMebibytes(), "MiB", 64);
            figures.add(
                    "a large object and ranges of it: memory of the regional gate", inner.risenMebibytes(), "MiB", 64);
        }
        return figures.print();
    }

    private String fresh() {
        return "key-" + key++;
    }

    private void warmUp(Servers servers) throws Exception {
        for (URI edge : servers.edges()) {
            warmUp(edge);
        }
        warmUp(servers.plain().uri());
        warmUp(servers.tls().uri());
        for (int i = 0; i < 10; i++) {
            burst(servers.edges(), 200, "/" + fresh() + "/100/65536/max-age=60");
        }
        for (int i = 0; i < 60; i++) { // a pass runs through most code, and as long until all of it is compiled
            burst(servers.edges(), 200, "/" + fresh() + "/100/1024/no-store");
        }
    }

    private void warmUp(URI server) throws Exception {
        for (int i = 0; i < 50; i++) {
            get(server, "/" + fresh() + "/0/65536/max-age=60");
        }
    }

    private Answered get(URI server, String target, String... fields) throws Exception {
        try (Connection connection = clients.connect(server, 1).getFirst()) {
            return connection.get(target, fields).get(20, TimeUnit.MINUTES);
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }

    /** The same request on so many connections, spread over servers, at the same time. */
    private List<List<Answered>> burst(List<URI> to, int number, String target) throws Exception {
        List<List<Connection>> connections = new ArrayList<>();
        for (URI server : to) {
            connections.add(clients.connect(server, number / to.size()));
        }
        List<List<CompletableFuture<Answered>>> sent = new ArrayList<>();
        for (List<Connection> ofServer : connections) {
            sent.add(ofServer.stream().map(connection -> connection.get(target)).toList());
        }
        List<List<Answered>> answers = new ArrayList<>();
        for (List<CompletableFuture<Answered>> ofServer : sent) {
            List<Answered> ended = new ArrayList<>();
            for (CompletableFuture<Answered> one : ofServer) {
                ended.add(one.get(120, TimeUnit.SECONDS));
            }
            answers.add(ended);
        }
        connections.forEach(ofServer -> ofServer.forEach(Connection::close));
        return answers;
    }

    private void cold(List<URI> to, int number, int mostMillis) throws Exception {
        String target = "/" + fresh() + "/1000/" + MEBIBYTE + "/max-age=600";
        List<Double> behind = new ArrayList<>();
        for (List<Answered> ofServer : burst(to, number, target)) {
            long leader = Long.MAX_VALUE;
            for (Answered one : ofServer) {
                require(one.complete() && one.bytes() == MEBIBYTE, "a cold request: " + one);
                leader = Math.min(leader, one.firstNanos());
            }
            for (Answered one : ofServer) {
                behind.add((one.firstNanos() - leader) / 1e6);
            }
        }
        Collections.sort(behind);
        figures.add(
                number + " cold requests over " + to.size() + " edge(s): requests at the origin",
                (double) origin.requests(target),
                "",
                1);
        figures.add(
                number + " cold requests: a follower's first byte after the leader's",
                behind.get(behind.size() / 2),
                "ms",
                mostMillis);
    }

    private void uncacheable(URI edge) throws Exception {
        double one = get(edge, "/" + fresh() + "/1000/1024/no-store").millis();
        String target = "/" + fresh() + "/1000/1024/no-store";
        for (String which : List.of("first", "second")) {
            double last = 0;
            for (Answered answer : burst(List.of(edge), 200, target).getFirst()) {
                require(answer.complete() && answer.status() == 200, "an uncacheable response: " + answer);
                last = Math.max(last, answer.millis());
            }
            figures.add(
                    "200 uncacheable requests, " + which + " burst: times of one request",
                    last / one,
                    "",
                    which.equals("first") ? 2.3 : 1.3);
        }
    }

    private void readers(String how, Gate gate, int rounds, double mostMebibytes) throws Exception {
        List<Double> without = new ArrayList<>();
        List<Double> with = new ArrayList<>();
        double risen = 0;
        for (int i = 0; i < rounds; i++) {
            without.add(readers(gate.uri(), 100, false));
            try (ResidentMemory memory = new ResidentMemory(gate.pid())) {
                with.add(readers(gate.uri(), 99, true));
                risen = Math.max(risen, memory.risenMebibytes());
            }
        }
        Collections.sort(without);
        Collections.sort(with);
        figures.add(
                "99 of 100 readers of 32 MiB, " + how + ": times without a slow one",
                with.get(rounds / 2) / without.get(rounds / 2),
                "",
                1.25);
        figures.add("100 readers of 32 MiB, " + how + ": memory of the edge", risen, "MiB", mostMebibytes);
    }

    /** Milliseconds until the last of the fast readers has everything. */
    private double readers(URI server, int fast, boolean slowOne) throws Exception {
        String target = "/" + fresh() + "/300/" + 32 * MEBIBYTE + "/max-age=600";
        List<Connection> connections = clients.connect(server, fast);
        Connection slow = slowOne ? clients.slow(server) : null;
        try {
            if (slow != null) {
                var _ = slow.get(target);
            }
            List<CompletableFuture<Answered>> sent = connections.stream()
                    .map(connection -> connection.get(target))
                    .toList();
            double last = 0;
            for (CompletableFuture<Answered> one : sent) {
                Answered answer = one.get(120, TimeUnit.SECONDS);
                require(answer.complete() && answer.bytes() == 32L * MEBIBYTE, "a reader: " + answer);
                last = Math.max(last, answer.millis());
            }
            require(slow == null || slow.received().get() < 2L * MEBIBYTE, "the slow reader was not slow");
            require(origin.requests(target) == 1, "the readers did not share a fetch");
            return last;
        } finally {
            connections.forEach(Connection::close);
            if (slow != null) {
                slow.close();
            }
        }
    }

    private void killed(Servers servers, int times) throws Exception {
        clear(servers.managements());
        LongAdder complete = new LongAdder();
        Semaphore atOnce = new Semaphore(16);
        SslProvider.GenericSslContextSpec<SslContextBuilder> trusting = Http2SslContextSpec.forClient()
                .configure(tls -> tls.trustManager(servers.trust().toFile()));
        var http2 = reactor.netty.http.client.HttpClient.create()
                .protocol(HttpProtocol.H2)
                .secure(spec -> spec.sslContext(trusting));
        long seed = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < times; i++) {
                URI edge = servers.edges().get(i % servers.edges().size());
                String target = "/killed/" + (seed + i);
                boolean h2 = i / 2 % 2 == 0;
                atOnce.acquire();
                var _ = threads.submit(() -> {
                    try {
                        if (h2 ? looksCompleteOverHttp2(http2, edge + target) : looksComplete(edge, target)) {
                            complete.increment();
                        }
                    } finally {
                        atOnce.release();
                    }
                    return null;
                });
            }
        }
        figures.add("origin killed " + times + " times: responses that look complete", (double) complete.sum(), "", 0);
        figures.add(
                "origin killed " + times + " times: stored responses", (double) entries(servers.managements()), "", 0);
    }

    private boolean looksComplete(URI edge, String target) throws Exception {
        Answered answer = get(edge, target);
        return answer.complete() && answer.status() < 500;
    }

    private static boolean looksCompleteOverHttp2(reactor.netty.http.client.HttpClient client, String uri) {
        try {
            Integer status = client.get()
                    .uri(uri)
                    .responseSingle((response, content) ->
                            content.thenReturn(response.status().code()))
                    .block(Duration.ofSeconds(30));
            return status != null && status < 500;
        } catch (RuntimeException broken) {
            return false;
        }
    }

    private static void clear(List<URI> managements) throws IOException, InterruptedException {
        for (URI management : managements) {
            manage(management, "DELETE", "/actuator/caches/responses");
        }
    }

    private static long entries(List<URI> managements) throws IOException, InterruptedException {
        long all = 0;
        for (URI management : managements) {
            Matcher matcher = ENTRIES.matcher(manage(management, "GET", "/actuator/httpcache"));
            require(matcher.find(), "no entries at " + management);
            all += Long.parseLong(matcher.group(1));
        }
        return all;
    }

    private static String manage(URI management, String method, String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(management.resolve(path))
                            .method(method, HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            require(response.statusCode() / 100 == 2, method + " " + path + ": " + response.statusCode());
            return response.body();
        }
    }

    private void manifest(List<URI> edges, int seconds) throws Exception {
        int originMillis = 300;
        String target = "/" + fresh() + "/" + originMillis + "/2048/max-age=1";
        List<Connection> connections = new ArrayList<>();
        for (URI edge : edges) {
            connections.addAll(clients.connect(edge, 200 / edges.size()));
        }
        List<CompletableFuture<Answered>> all = Collections.synchronizedList(new ArrayList<>());
        long begin = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < connections.size(); i++) {
                Connection connection = connections.get(i);
                int offset = i * 1000 / connections.size();
                var _ = threads.submit(() -> {
                    for (int second = 0; second < seconds; second++) {
                        long at = begin + TimeUnit.MILLISECONDS.toNanos(second * 1000L + offset);
                        TimeUnit.NANOSECONDS.sleep(at - System.nanoTime());
                        CompletableFuture<Answered> sent = connection.get(target);
                        all.add(sent);
                        sent.get(30, TimeUnit.SECONDS);
                    }
                    return null;
                });
            }
        }
        double longest = 0;
        for (CompletableFuture<Answered> one : all) {
            Answered answer = one.get();
            require(answer.complete() && answer.status() == 200, "a poll: " + answer);
            longest = Math.max(longest, answer.millis());
        }
        require(all.size() == 200 * seconds, "polls: " + all.size());
        connections.forEach(Connection::close);
        figures.add("a manifest polled by 200 clients: the longest wait", longest, "ms", 2 * originMillis + 500);
        figures.add(
                "a manifest polled by 200 clients: requests a second at the origin",
                origin.requests(target) / (double) seconds,
                "",
                1.5);
    }
}
