package io.sallyport.gateway.management;

import io.sallyport.gateway.setting.InvalidSettingException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementServerProperties;
import org.springframework.boot.web.server.Ssl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.SslInfo;

/**
 * Who may use the management port: everybody while it is on the loopback and nothing else is said; else who shows the token
 * or a certificate that the port's own bundle trusts. A port that is open to others without either stops the start.
 */
public final class ManagementAccess {
    private static final String BEARER = "Bearer ";
    private static final String BASIC = "Basic ";
    private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]{32,1024}");

    private final boolean certificates;
    private final byte @Nullable [] tokenDigest;

    /**
     * The access as the settings have it.
     *
     * @throws InvalidSettingException where they leave the port open, or the token cannot be used
     */
    ManagementAccess(ManagementServerProperties server, @Nullable Path tokenFile) {
        Ssl ssl = server.getSsl();
        certificates = ssl != null
                && ssl.isEnabled()
                && (ssl.getClientAuth() == Ssl.ClientAuth.NEED || ssl.getClientAuth() == Ssl.ClientAuth.WANT);
        tokenDigest = tokenFile == null ? null : digest(read(tokenFile));
        InetAddress address = server.getAddress();
        if (!isProtected() && (address == null || !address.isLoopbackAddress())) {
            throw InvalidSettingException.exceeding(
                    "management.server.address is "
                            + (address == null ? "not set, which is every address" : address.getHostAddress())
                            + ", so that others than this machine reach the management port, and nothing protects it",
                    "Set sallyport.management.token-file to a file with a token of 32 or more characters, or"
                            + " management.server.ssl.bundle and management.server.ssl.client-auth=want, or bind the port to"
                            + " 127.0.0.1.");
        }
    }

    private static String read(Path file) {
        String token;
        try {
            token = Files.readString(file).strip();
        } catch (IOException e) {
            throw unusable(file, "it cannot be read: " + e);
        }
        if (!TOKEN.matcher(token).matches()) {
            throw unusable(file, "it does not hold 32 to 1024 visible ASCII characters in one line");
        }
        return token;
    }

    private static InvalidSettingException unusable(Path file, String why) {
        return InvalidSettingException.exceeding(
                "sallyport.management.token-file is " + file + ", which cannot be used: " + why,
                "Make one, for example by: openssl rand -hex 32 > " + file);
    }

    /** Whether something has to be shown at all. */
    boolean isProtected() {
        return certificates || tokenDigest != null;
    }

    /** Whether a request may see and do what the port has. */
    boolean mayPass(ServerHttpRequest request) {
        return !isProtected() || (certificates && showsCertificate(request)) || showsToken(request.getHeaders());
    }

    /** The TLS engine has judged it by the trust of the port's bundle. */
    private static boolean showsCertificate(ServerHttpRequest request) {
        SslInfo ssl = request.getSslInfo();
        X509Certificate @Nullable [] shown = ssl == null ? null : ssl.getPeerCertificates();
        return shown != null && shown.length > 0;
    }

    /** As Bearer, or as the password of Basic, which browsers can ask for. */
    private boolean showsToken(HttpHeaders headers) {
        byte[] expected = tokenDigest;
        String field = headers.getFirst(HttpHeaders.AUTHORIZATION);
        if (expected == null || field == null) {
            return false;
        }
        String shown = startsWith(field, BEARER)
                ? field.substring(BEARER.length()).strip()
                : startsWith(field, BASIC) ? password(field.substring(BASIC.length())) : "";
        // Digests have one length whatever was shown, and isEqual looks at all of them.
        return MessageDigest.isEqual(digest(shown), expected);
    }

    private static boolean startsWith(String field, String scheme) {
        return field.regionMatches(true, 0, scheme, 0, scheme.length());
    }

    private static String password(String encoded) {
        try {
            String pair = new String(Base64.getDecoder().decode(encoded.strip()), StandardCharsets.UTF_8);
            return pair.substring(pair.indexOf(':') + 1);
        } catch (IllegalArgumentException notBase64) {
            return "";
        }
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
