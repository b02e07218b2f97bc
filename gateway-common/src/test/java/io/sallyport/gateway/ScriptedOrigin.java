package io.sallyport.gateway;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An origin over raw sockets that says exactly what a script tells it to, byte for byte, and remembers what it was asked. */
public final class ScriptedOrigin implements AutoCloseable {
    private final ServerSocket listener = listen();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private volatile @Nullable CountDownLatch counting;
    private volatile Script script =
            (request, connection) -> connection.say("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");

    /** A request as it came. */
    public record Asked(String method, String target, Map<String, String> fields, String content) {
        /** A field's value; empty where it did not come. */
        public String field(String name) {
            return fields.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }
    }

    /** What the origin does with a request. */
    @FunctionalInterface
    public interface Script {
        void answer(Asked request, Connection connection) throws IOException, InterruptedException;
    }

    /** The connection that a request came on. */
    public static final class Connection {
        private final Socket socket;

        Connection(Socket socket) {
            this.socket = socket;
        }

        public void say(String text) throws IOException {
            OutputStream out = socket.getOutputStream();
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        public void say(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
        }

        /** Waits until the other side ends the connection. */
        public void awaitClose() throws IOException {
            while (socket.getInputStream().read() >= 0) {
                // Nothing more is expected to come.
            }
        }

        public void close() throws IOException {
            socket.close();
        }

        public void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }

    public ScriptedOrigin() {
        threads.execute(this::accept);
    }

    private static ServerSocket listen() {
        try {
            return new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    public String url() {
        return "http://127.0.0.1:" + listener.getLocalPort();
    }

    public void script(Script next) {
        counting = null;
        asked.clear();
        script = next;
    }

    /** Answers every request with this status line and fields and a content with its length. */
    void answers(String statusAndFields, String content) {
        script((request, connection) ->
                connection.say("HTTP/1.1 " + statusAndFields.strip().replace("\n", "\r\n")
                        + "\r\nContent-Length: " + content.length() + "\r\n\r\n"
                        + (request.method().equals("HEAD") ? "" : content)));
    }

    /** Answers every request with the number of bytes of its content, and tells when the first of them has come. */
    void counts(CountDownLatch first) {
        script((request, connection) -> connection.say("HTTP/1.1 201 Created\r\nContent-Length: "
                + request.content().length() + "\r\n\r\n" + request.content()));
        counting = first;
    }

    public List<Asked> asked() {
        return asked;
    }

    /** How many connections were opened so far. */
    public int accepted() {
        return accepted.get();
    }

    /** How many of them are open. */
    public int open() {
        return connections.size();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                connections.add(socket);
                accepted.incrementAndGet();
                threads.execute(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (!socket.isClosed()) {
                String line = line(in);
                if (line.isEmpty()) {
                    return;
                }
                Map<String, String> fields = new TreeMap<>();
                for (String field = line(in); !field.isEmpty(); field = line(in)) {
                    int colon = field.indexOf(':');
                    fields.merge(
                            field.substring(0, colon).toLowerCase(Locale.ROOT),
                            field.substring(colon + 1).strip(),
                            (one, other) -> one + ", " + other);
                }
                String[] parts = line.split(" ", 3);
                CountDownLatch first = counting;
                String content = first == null ? content(in, fields) : count(in, fields, first);
                Asked request = new Asked(parts[0], parts[1], fields, content);
                asked.add(request);
                script.answer(request, new Connection(socket));
            }
        } catch (IOException | InterruptedException gone) {
            // The other side, or the script, ended the connection.
        } finally {
            connections.remove(socket);
        }
    }

    private static String content(InputStream in, Map<String, String> fields) throws IOException {
        if (fields.getOrDefault("transfer-encoding", "").equals("chunked")) {
            StringBuilder content = new StringBuilder();
            for (int size = Integer.parseInt(line(in), 16); size > 0; size = Integer.parseInt(line(in), 16)) {
                content.append(new String(in.readNBytes(size), StandardCharsets.ISO_8859_1));
                line(in);
            }
            line(in);
            return content.toString();
        }
        int length = Integer.parseInt(fields.getOrDefault("content-length", "0"));
        return new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
    }

    private static String count(InputStream in, Map<String, String> fields, CountDownLatch first) throws IOException {
        long length = Long.parseLong(fields.getOrDefault("content-length", "0"));
        byte[] buffer = new byte[64 << 10];
        long came = 0;
        while (came < length) {
            int n = in.read(buffer, 0, (int) Math.min(buffer.length, length - came));
            if (n < 0) {
                break;
            }
            came += n;
            first.countDown();
        }
        return Long.toString(came);
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    /** Ends every connection before it returns: an interrupt alone would let one answer what has come meanwhile. */
    @Override
    public void close() throws IOException {
        listener.close();
        threads.shutdownNow();
        for (Socket connection : connections) {
            connection.close();
        }
    }
}
