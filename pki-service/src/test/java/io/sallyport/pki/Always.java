package io.sallyport.pki;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

/** Shows its certificate whatever issuers the server says it accepts, as an impostor would. */
final class Always extends X509ExtendedKeyManager {
    private final X509KeyManager keys;
    private final String alias;

    Always(KeyManagerFactory factory) {
        this.keys = (X509KeyManager) factory.getKeyManagers()[0];
        String found = keys.chooseClientAlias(new String[] {"EC", "RSA"}, null, null);
        this.alias = found == null ? "own" : found;
    }

    @Override
    public String chooseEngineClientAlias(String[] types, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return alias;
    }

    @Override
    public String chooseClientAlias(String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return alias;
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String name) {
        return keys.getCertificateChain(name);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String name) {
        return keys.getPrivateKey(name);
    }

    @Override
    public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
        return new String[] {alias};
    }

    @Override
    public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseServerAlias(String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }
}
