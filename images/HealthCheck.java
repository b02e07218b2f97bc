import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Asks a management port whether its process is ready: exit code 0 for a 200, else 1. With {@code --refused}, 0 where
 * nobody answers with HTTP. A container without a shell has no curl; plain sockets start in a tenth of the time that
 * Java's HTTP client takes.
 */
final class HealthCheck {
    private static final int TIMEOUT_MILLIS = 3000;

    private HealthCheck() {}

    public static void main(String[] arguments) {
        boolean refusal = arguments.length == 3 && arguments[0].equals("--refused");
        String[] rest = refusal ? Arrays.copyOfRange(arguments, 1, 3) : arguments;
        if (rest.length != 2 || !rest[0].matches("(.+:)?[0-9]{1,5}")) {
            System.err.println("usage: HealthCheck [--refused] [HOST:]PORT PATH");
            System.exit(2);
        }
        String answer = answer(rest[0], rest[1]);
        boolean http = answer.startsWith("HTTP/");
        if (refusal ? http : !answer.startsWith("HTTP/1.1 200")) {
            System.err.println(rest[0] + (refusal ? " is open: " : " is not ready: ") + answer);
            System.exit(1);
        }
    }

    /** The status line, or why there is none. */
    static String answer(String place, String path) {
        int colon = place.lastIndexOf(':');
        String host = colon < 0 ? "127.0.0.1" : place.substring(0, colon);
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, Integer.parseInt(place.substring(colon + 1))), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            OutputStream out = socket.getOutputStream();
            out.write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            InputStream in = socket.getInputStream();
            StringBuilder line = new StringBuilder();
            for (int octet = in.read(); octet >= ' ' && line.length() < 100; octet = in.read()) {
                line.append((char) octet);
            }
            return line.isEmpty() ? "closed without an answer" : line.toString();
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
