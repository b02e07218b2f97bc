package io.sallyport.gateway.observe;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sallyport.gateway.request.ClientExchange;
import io.sallyport.gateway.request.ReceivedRequest;
import io.sallyport.gateway.request.TraceContext;
import io.sallyport.gateway.setting.AccessLogFormat;
import io.sallyport.http.RequestHead;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The access log: one line for each customer request, written by a thread of its own, so that an event loop never waits for
 * standard output. Lines that come faster than they can be written are dropped and counted.
 */
public final class AccessLog implements AutoCloseable {
    private static final int QUEUED_LINES = 16_384;
    private static final Duration COLLECTING = Duration.ofMillis(25);
    private static final DateTimeFormatter COMBINED_TIME =
            DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ROOT).withZone(ZoneOffset.UTC);

    private volatile AccessLogFormat format;
    private final String tier;
    private final InstantSource clock;
    private final PrintStream out;
    private final JsonMapper json = JsonMapper.builder().build();
    private final BlockingQueue<Line> queue = new ArrayBlockingQueue<>(QUEUED_LINES);
    private final AtomicLong dropped = new AtomicLong();
    private @Nullable Thread writer;
    private long second = Long.MIN_VALUE;
    private String secondWritten = "";

    /** What a line says, taken on the event loop while the request is alive. */
    private record Line(
            Instant time,
            String client,
            String node,
            String method,
            String host,
            String target,
            String protocol,
            int status,
            long bytes,
            long nanos,
            String route,
            String outcome,
            String failure,
            String referer,
            String agent,
            String id,
            String fill,
            String trace) {}

    public AccessLog(
            AccessLogFormat format, String tier, InstantSource clock, PrintStream out, MeterRegistry registry) {
        this.format = format;
        this.tier = tier;
        this.clock = clock;
        this.out = out;
        FunctionCounter.builder("sallyport.accesslog.dropped", dropped, AtomicLong::doubleValue)
                .tag("tier", tier)
                .description("Lines that came faster than they could be written")
                .register(registry);
        format(format);
    }

    /** Whether lines are written. */
    boolean isOn() {
        return format != AccessLogFormat.OFF;
    }

    /** Changes the form of later lines. */
    public synchronized void format(AccessLogFormat next) {
        format = next;
        if (next != AccessLogFormat.OFF && writer == null) {
            writer = Thread.ofPlatform().name("access-log").daemon().start(this::write);
        }
    }

    void log(ClientExchange exchange, long nanos) {
        if (isOn() && !queue.offer(line(exchange, nanos))) {
            dropped.incrementAndGet();
        }
    }

    private Line line(ClientExchange exchange, long nanos) {
        ReceivedRequest request = exchange.request();
        RequestHead head = exchange.head();
        return new Line(
                clock.instant(),
                request.channel().remoteAddress() instanceof InetSocketAddress client && client.getAddress() != null
                        ? client.getAddress().getHostAddress()
                        : "-",
                exchange.peer(),
                request.method().name(),
                head == null ? "-" : head.authority(),
                request.uri(),
                request.version().text(),
                exchange.status() == 0 ? 499 : exchange.status(),
                exchange.contentBytes(),
                nanos,
                exchange.route(),
                exchange.outcome().label(),
                exchange.failure(),
                head == null ? "-" : head.fields().first("referer").orElse("-"),
                head == null ? "-" : head.fields().first("user-agent").orElse("-"),
                exchange.id(),
                exchange.fill(),
                head == null
                        ? ""
                        : TraceContext.traceId(
                                head.fields().first(TraceContext.PARENT).orElse("")));
    }

    /** Whoever waits is woken by each line: while lines keep coming they are collected for a moment instead. */
    private void write() {
        List<Line> lines = new ArrayList<>();
        try {
            while (true) {
                lines.add(queue.take());
                do {
                    queue.drainTo(lines);
                    write(lines);
                    Thread.sleep(COLLECTING);
                } while (!queue.isEmpty());
            }
        } catch (InterruptedException closed) {
            queue.drainTo(lines);
            write(lines);
        }
    }

    private void write(List<Line> lines) {
        StringBuilder text = new StringBuilder(256 * lines.size());
        for (Line line : lines) {
            if (format == AccessLogFormat.COMBINED) {
                combined(text, line);
            } else {
                text.append(json(line));
            }
            text.append('\n');
        }
        lines.clear();
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        out.write(bytes, 0, bytes.length);
        out.flush();
    }

    private String json(Line line) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("@timestamp", line.time().toString());
        fields.put("event.dataset", "sallyport.access");
        fields.put("sallyport.tier", tier);
        fields.put("client.ip", line.client());
        if (!line.node().isEmpty()) {
            fields.put("sallyport.peer.node", line.node());
        }
        put(fields, "http.request.id", line.id());
        put(fields, "sallyport.fill.id", line.fill());
        put(fields, "trace.id", line.trace());
        fields.put("http.request.method", line.method());
        fields.put("url.domain", line.host());
        fields.put("url.original", line.target());
        fields.put("http.version", line.protocol());
        fields.put("http.response.status_code", line.status());
        fields.put("http.response.body.bytes", line.bytes());
        fields.put("event.duration", line.nanos());
        fields.put("sallyport.route", line.route());
        fields.put("sallyport.cache.outcome", line.outcome());
        if (!line.failure().isEmpty()) {
            fields.put("error.message", line.failure());
        }
        fields.put("user_agent.original", line.agent());
        return json.writeValueAsString(fields);
    }

    private static void put(Map<String, Object> fields, String name, String value) {
        if (!value.isEmpty()) {
            fields.put(name, value);
        }
    }

    private void combined(StringBuilder text, Line line) {
        text.append(line.client()).append(" - ").append(orDash(line.node()));
        text.append(" [").append(second(line.time())).append("] \"");
        quoted(text, line.method()).append(' ');
        quoted(text, line.target()).append(' ');
        quoted(text, line.protocol()).append("\" ");
        text.append(line.status()).append(' ').append(line.bytes()).append(" \"");
        quoted(text, line.referer()).append("\" \"");
        quoted(text, line.agent()).append("\" id=").append(orDash(line.id()));
        text.append(" fill=").append(orDash(line.fill()));
    }

    /** The time as it is written, made once for all lines of a second. On the writer's thread. */
    private String second(Instant time) {
        if (time.getEpochSecond() != second) {
            second = time.getEpochSecond();
            secondWritten = COMBINED_TIME.format(time);
        }
        return secondWritten;
    }

    private static String orDash(String value) {
        return value.isEmpty() ? "-" : value;
    }

    private static StringBuilder quoted(StringBuilder to, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~' || c == '"' || c == '\\') {
                to.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
            } else {
                to.append(c);
            }
        }
        return to;
    }

    /** The lines that were dropped so far. */
    long dropped() {
        return dropped.get();
    }

    @Override
    public synchronized void close() {
        Thread running = writer;
        if (running != null) {
            running.interrupt();
            try {
                running.join(1000);
            } catch (InterruptedException hurried) {
                Thread.currentThread().interrupt();
            }
            out.flush();
        }
    }
}
