package io.sallyport.identity.peer;

import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** A peer's certificate that was refused inside the handshake, with what a log line says about it. */
public final class HandshakeRefusedException extends CertificateException {
    private final transient Refused refused;
    private final transient Shown shown;

    HandshakeRefusedException(Refused refused, Shown shown, @Nullable CertPathValidatorException cause) {
        super(refused.reason().tag() + ": " + refused.detail(), cause);
        this.refused = refused;
        this.shown = shown;
    }

    /** The reason and its detail. */
    public Refused refused() {
        return refused;
    }

    /** What was seen of the peer until then. */
    Shown shown() {
        return shown;
    }

    /**
     * A verdict against a peer.
     *
     * @param reason the reason out of the closed set
     * @param detail one phrase for the log; holds nothing secret
     */
    public record Refused(HandshakeRefusal reason, String detail) {}

    /* Taken while the handshake runs: afterwards the engine has forgotten it. */
    record Shown(
            @Nullable X509Certificate certificate,
            @Nullable String serverName,
            @Nullable String protocol) {
        static Shown by(X509Certificate[] chain, @Nullable SSLEngine engine) {
            SSLSession session = engine == null ? null : engine.getHandshakeSession();
            return new Shown(
                    chain.length == 0 ? null : chain[0],
                    session == null ? null : HandshakeFailure.serverNameOf(session),
                    session == null ? null : HandshakeFailure.protocolOf(session));
        }
    }
}
