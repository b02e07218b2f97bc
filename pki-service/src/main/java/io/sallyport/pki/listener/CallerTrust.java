package io.sallyport.pki.listener;

import io.netty.handler.ssl.OpenSslCertificateException;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.sallyport.pki.authority.CallerJudge;
import io.sallyport.pki.authority.CallerRefusedException;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Asks the judge about client certificates in the handshake, and remembers on which connections it was asked: a
 * resumed session comes with a certificate that nobody has judged.
 */
final class CallerTrust extends X509ExtendedTrustManager {
    private final CallerJudge judge;
    private final Listener listener;
    private final Set<SSLEngine> judged = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    CallerTrust(CallerJudge judge, Listener listener) {
        this.judge = judge;
        this.listener = listener;
    }

    boolean hasJudged(SSLEngine engine) {
        return judged.contains(engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        try {
            judge.judge(chain[0], listener::welcomes);
            judged.add(engine);
        } catch (CallerRefusedException e) {
            if (engine instanceof ReferenceCountedOpenSslEngine) {
                throw new OpenSslCertificateException(
                        e.getMessage(), e, e.reason().openSslCode());
            }
            throw e;
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw noEngine();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw noEngine();
    }

    private static CertificateException noEngine() {
        return new CertificateException("client certificates are judged on an engine only");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw noServers();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw noServers();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw noServers();
    }

    private static CertificateException noServers() {
        return new CertificateException("this listener trusts no servers");
    }

    /** Names none: roots come and go while the listener lives, and any name would only be a hint. */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
