import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What the gates of a training run fetch: 1 KiB for any path, which an edge may not store below {@code /inner/}. */
final class TrainingOrigin implements AutoCloseable {
    private static final byte[] CONTENT = new byte[1024];
    private static final int LONGEST_LINE = 8192;

    private final ServerSocket listener = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());

    TrainingOrigin() throws IOException {
        Thread.ofVirtual().start(this::accept);
    }

    String url() {
        return "http://127.0.0.1:" + listener.getLocalPort();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket connection = listener.accept();
                Thread.ofVirtual().start(() -> serve(connection));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private static void serve(Socket connection) {
        try (connection) {
            InputStream in = new BufferedInputStream(connection.getInputStream());
            OutputStream out = connection.getOutputStream();
            for (String request = line(in); !request.isEmpty(); request = line(in)) {
                long length = 0;
                for (String field = line(in); !field.isEmpty(); field = line(in)) {
                    if (field.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                        length = Long.parseLong(field.substring("content-length:".length()).strip());
                    }
                }
                in.skipNBytes(length);
                out.write(response(request));
            }
        } catch (IOException ended) {
            // The gate has gone.
        }
    }

    private static byte[] response(String request) {
        String fields = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nETag: \"1\"\r\nCache-Control: max-age=600\r\n"
                + (request.contains(" /inner/") ? "Edge-Cache-Control: no-store\r\n" : "")
                + "Content-Length: " + CONTENT.length + "\r\n\r\n";
        byte[] head = fields.getBytes(StandardCharsets.US_ASCII);
        boolean bare = request.startsWith("HEAD ");
        byte[] all = new byte[head.length + (bare ? 0 : CONTENT.length)];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(CONTENT, 0, all, head.length, all.length - head.length);
        return all;
    }

    /** A line without its end; empty at the end of the head and of the connection. */
    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int octet = in.read(); octet >= 0 && octet != '\n'; octet = in.read()) {
            if (line.length() == LONGEST_LINE) {
                throw new IOException("a line of more than " + LONGEST_LINE + " octets");
            }
            if (octet != '\r') {
                line.append((char) octet);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
