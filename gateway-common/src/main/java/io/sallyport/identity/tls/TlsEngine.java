package io.sallyport.identity.tls;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import io.sallyport.identity.IdentityException;

/** Which program does the TLS. */
public enum TlsEngine {
    /** OpenSSL's where its library can be loaded, else the JDK's. */
    AUTO,
    /** Netty's binding to BoringSSL; an error where it cannot be loaded. */
    OPENSSL,
    /** The JDK's. */
    JDK;

    /**
     * Netty's name for it.
     *
     * @throws IdentityException if OpenSSL is asked for and cannot be loaded
     */
    public SslProvider provider() {
        return switch (this) {
            case AUTO -> OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
            case JDK -> SslProvider.JDK;
            case OPENSSL -> {
                if (!OpenSsl.isAvailable()) {
                    throw new IdentityException(
                            "sallyport.tls.engine=openssl needs netty-tcnative for this platform; auto or jdk work without",
                            OpenSsl.unavailabilityCause());
                }
                yield SslProvider.OPENSSL;
            }
        };
    }
}
