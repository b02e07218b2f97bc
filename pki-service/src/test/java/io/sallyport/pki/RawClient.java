package io.sallyport.pki;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** One request on one new connection, which resumes a session of its context where the server lets it. */
final class RawClient {
    private static final int PATIENCE_MILLIS = 10_000;

    private RawClient() {}

    static String status(SSLContext context, URI uri, String version) throws IOException {
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(uri.getHost(), uri.getPort())) {
            socket.setEnabledProtocols(new String[] {version});
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.startHandshake();
            String request =
                    "PUT " + uri.getPath() + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                            + "Content-Length: 2\r\nConnection: close\r\n\r\n{}";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            String line = reader.readLine();
            if (line == null) {
                throw new IOException("closed");
            }
            long _ = reader.lines().count();
            return line;
        }
    }
}
