package io.sallyport.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * An origin of which a request says what it is to do: {@code /KEY/DELAY/BYTES/CONTROL} waits so many milliseconds and sends
 * so many bytes with this Cache-Control; {@code /killed/SEED} ends the connection in the middle of the content. It counts
 * the requests for each target.
 */
final class CollapseOrigin implements AutoCloseable {
    private static final byte[] BLOCK = new byte[256 << 10];

    private final ServerSocket listener;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, LongAdder> requests = new ConcurrentHashMap<>();

    CollapseOrigin(int port) throws IOException {
        listener = new ServerSocket(port, 4096, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    /** How often a target was asked for. */
    long requests(String target) {
        LongAdder counted = requests.get(target);
        return counted == null ? 0 : counted.sum();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                threads.execute(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                String range = "";
                for (String field = line(in); !field.isEmpty(); field = line(in)) {
                    if (field.toLowerCase(Locale.ROOT).startsWith("range:")) {
                        range = field.substring("range:".length()).strip();
                    }
                }
                String target = line.split(" ", 3)[1];
                requests.computeIfAbsent(target, key -> new LongAdder()).increment();
                String[] parts = target.split("/", -1);
                if (parts[1].equals("killed")) {
                    kill(socket, Long.parseLong(parts[2]));
                    return;
                }
                TimeUnit.MILLISECONDS.sleep(Long.parseLong(parts[2]));
                answer(socket.getOutputStream(), Long.parseLong(parts[3]), parts[4], range);
            }
        } catch (IOException gone) {
            // The other side ended the connection.
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
        }
    }

    private static void answer(OutputStream out, long length, String control, String range) throws IOException {
        long first = 0;
        long last = length - 1;
        if (!range.isEmpty()) {
            String[] ends = range.substring("bytes=".length()).split("-", -1);
            first = ends[0].isEmpty() ? length - Long.parseLong(ends[1]) : Long.parseLong(ends[0]);
            last = ends[0].isEmpty() || ends[1].isEmpty() ? last : Math.min(last, Long.parseLong(ends[1]));
        }
        say(
                out,
                "HTTP/1.1 " + (range.isEmpty() ? "200 OK" : "206 Partial Content") + "\r\nCache-Control: " + control
                        + "\r\nETag: \"" + length + "\"\r\n"
                        + (range.isEmpty() ? "" : "Content-Range: bytes " + first + "-" + last + "/" + length + "\r\n")
                        + "Content-Length: " + (last - first + 1) + "\r\n\r\n");
        for (long left = last - first + 1; left > 0; left -= BLOCK.length) {
            out.write(BLOCK, 0, (int) Math.min(left, BLOCK.length));
        }
        out.flush();
    }

    /** Half with a length, half chunked; half ended by FIN, half by RST; without a validator, so that nothing resumes it. */
    private static void kill(Socket socket, long seed) throws IOException {
        Random random = new Random(seed);
        boolean chunked = random.nextBoolean();
        int length = 1 + random.nextInt(random.nextBoolean() ? 2000 : 400_000);
        int killedAt = random.nextInt(length);
        OutputStream out = socket.getOutputStream();
        say(
                out,
                "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n"
                        + (chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + length) + "\r\n\r\n");
        boolean within = random.nextBoolean();
        if (chunked && killedAt > 0) {
            say(out, Integer.toHexString(killedAt + (within ? 1 : 0)) + "\r\n");
        }
        for (int left = killedAt; left > 0; left -= BLOCK.length) {
            out.write(BLOCK, 0, Math.min(left, BLOCK.length));
        }
        if (chunked && killedAt > 0 && !within) {
            say(out, "\r\n");
        }
        out.flush();
        if (random.nextBoolean()) {
            socket.setSoLinger(true, 0);
        }
        socket.close();
    }

    private static void say(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
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

    @Override
    public void close() throws IOException {
        listener.close();
        threads.shutdownNow();
    }
}
