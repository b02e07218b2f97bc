package io.sallyport.identity.peer;

import io.netty.channel.Channel;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a handshake that failed.
 *
 * @param reason the reason out of the closed set
 * @param detail one phrase about it
 * @param peer the peer's address
 * @param serverName the server name that the client asked for, as far as the handshake came
 * @param protocol the TLS version, as far as the handshake came
 * @param certificate the peer's certificate, if one was refused
 */
public record HandshakeFailure(
        HandshakeRefusal reason,
        String detail,
        @Nullable SocketAddress peer,
        @Nullable String serverName,
        @Nullable String protocol,
        @Nullable X509Certificate certificate) {

    private static final int LONGEST_DETAIL = 200;

    static HandshakeFailure of(Channel channel, @Nullable SslHandler tls, Throwable cause) {
        HandshakeRefusedException refusal = refusalIn(cause);
        if (refusal != null) {
            return new HandshakeFailure(
                    refusal.refused().reason(),
                    refusal.refused().detail(),
                    channel.remoteAddress(),
                    refusal.shown().serverName(),
                    refusal.shown().protocol(),
                    refusal.shown().certificate());
        }
        SSLSession session = tls == null ? null : sessionOf(tls.engine());
        return new HandshakeFailure(
                reasonOf(cause),
                detailOf(cause),
                channel.remoteAddress(),
                session == null ? null : serverNameOf(session),
                session == null ? null : protocolOf(session),
                null);
    }

    /** Whether the peer ended the connection with an alert. */
    static boolean isFatalAlert(Throwable cause) {
        String text = textOf(cause);
        return text.contains("fatal alert") || text.contains("_alert_");
    }

    private static @Nullable HandshakeRefusedException refusalIn(Throwable cause) {
        int depth = 0;
        for (Throwable at = cause; at != null && depth < 16; at = at.getCause(), depth++) {
            if (at instanceof HandshakeRefusedException refusal) {
                return refusal;
            }
        }
        return null;
    }

    /** What the JDK's own trust manager found wrong with a certificate, as for an origin's. */
    private static @Nullable CertificateException certificateFaultIn(Throwable cause) {
        CertificateException deepest = null;
        int depth = 0;
        for (Throwable at = cause; at != null && depth < 16; at = at.getCause(), depth++) {
            if (at instanceof CertificateException fault) {
                deepest = fault;
            }
        }
        return deepest;
    }

    /* Neither engine has types for these, so their words are read: the JDK's and OpenSSL's of each reason. */
    private static HandshakeRefusal reasonOf(Throwable cause) {
        if (cause instanceof SslHandshakeTimeoutException) {
            return HandshakeRefusal.TIMEOUT;
        }
        if (cause instanceof NotSslRecordException) {
            return HandshakeRefusal.NOT_TLS;
        }
        if (cause instanceof ClosedChannelException
                || (cause instanceof IOException && !(cause instanceof SSLException))) {
            return HandshakeRefusal.ABORTED;
        }
        CertificateException untrusted = certificateFaultIn(cause);
        if (untrusted != null) {
            String fault = String.valueOf(untrusted.getMessage());
            return fault.startsWith("No name matching") || fault.startsWith("No subject alternative")
                    ? HandshakeRefusal.WRONG_NAME
                    : HandshakeRefusal.UNKNOWN_ISSUER;
        }
        String text = textOf(cause);
        if (isFatalAlert(cause) || text.contains("closed")) {
            return HandshakeRefusal.ABORTED;
        }
        if (text.contains("peer_did_not_return_a_certificate")
                || text.contains("empty client certificate chain")
                || text.contains("no client certificate")) {
            return HandshakeRefusal.NO_CERTIFICATE;
        }
        if (text.contains("no_shared_cipher")
                || text.contains("no cipher suites in common")
                || text.contains("no_shared_group")
                || text.contains("no_common_signature")) {
            return HandshakeRefusal.CIPHER;
        }
        return text.contains("http_request") || text.contains("wrong_version_number") || text.contains("plaintext")
                ? HandshakeRefusal.NOT_TLS
                : HandshakeRefusal.PROTOCOL;
    }

    private static String textOf(Throwable cause) {
        return String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    }

    private static String detailOf(Throwable cause) {
        CertificateException untrusted = certificateFaultIn(cause);
        String text = String.valueOf((untrusted == null ? cause : untrusted).getMessage())
                .replaceAll("[^\\x20-\\x7e]", "?");
        return text.length() <= LONGEST_DETAIL ? text : text.substring(0, LONGEST_DETAIL);
    }

    private static @Nullable SSLSession sessionOf(SSLEngine engine) {
        SSLSession handshake = engine.getHandshakeSession();
        return handshake == null || engine instanceof ReferenceCountedOpenSslEngine ? engine.getSession() : handshake;
    }

    static @Nullable String serverNameOf(SSLSession session) {
        if (!(session instanceof ExtendedSSLSession extended)) {
            return null;
        }
        try {
            List<javax.net.ssl.SNIServerName> names = extended.getRequestedServerNames();
            return !names.isEmpty() && names.getFirst() instanceof SNIHostName name ? name.getAsciiName() : null;
        } catch (UnsupportedOperationException e) {
            return null;
        }
    }

    static @Nullable String protocolOf(SSLSession session) {
        String protocol = session.getProtocol();
        return protocol != null && protocol.startsWith("TLS") ? protocol : null;
    }
}
