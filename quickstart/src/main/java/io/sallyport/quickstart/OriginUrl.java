package io.sallyport.quickstart;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;

/**
 * Where the origin is: scheme, host and, unless it is the scheme's own, port.
 *
 * @param uri an absolute http or https URI without user, path, query and fragment
 */
record OriginUrl(URI uri) {
    private static final String EXPECTED = "--origin must be scheme, host and port, for example http://localhost:8000";

    /** Answers the origin that a text names; refuses everything else. */
    static OriginUrl parse(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw refusal("no URL", text);
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw refusal("its scheme is not http or https", text);
        }
        if (uri.getRawUserInfo() != null) {
            throw refusal("it has a user", text.replaceFirst("//.*@", "//…@"));
        }
        if (uri.getHost() == null) {
            throw refusal("it has no valid host", text);
        }
        if (uri.getPort() == 0 || uri.getPort() > 65535) {
            throw refusal("its port is not 1 to 65535", text);
        }
        if (!uri.getRawPath().isEmpty() && !uri.getRawPath().equals("/")) {
            throw refusal("it has a path", text);
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw refusal("it has a query or a fragment", text);
        }
        String port = uri.getPort() == -1 ? "" : ":" + uri.getPort();
        return new OriginUrl(URI.create(scheme + "://" + uri.getHost() + port));
    }

    /** Answers whether something listens there now. */
    boolean isReachable(Duration patience) {
        int defaultPort = uri.getScheme().equals("https") ? 443 : 80;
        String host = uri.getHost().replaceAll("[\\[\\]]", "");
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(host, uri.getPort() == -1 ? defaultPort : uri.getPort()),
                    Math.toIntExact(patience.toMillis()));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return uri.toString();
    }

    private static CannotStartException refusal(String reason, String text) {
        return new CannotStartException("%s: %s (%s)".formatted(EXPECTED, text, reason));
    }
}
