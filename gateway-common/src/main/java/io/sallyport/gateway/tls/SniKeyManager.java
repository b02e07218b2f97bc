package io.sallyport.gateway.tls;

import io.sallyport.identity.tls.ComposedKeyManager;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Chooses a server's certificate by the name that the client asks for (RFC 6066, section 3): the name's own, else that of
 * a wildcard for its parent, else the default. An unknown name gets the default and is told so by the client itself.
 */
final class SniKeyManager extends ComposedKeyManager {
    private final List<X509ExtendedKeyManager> managers = new ArrayList<>();
    private final Map<String, Integer> byName;

    /**
     * Chooses among managers.
     *
     * @param managers the default first
     * @param byName the number of the manager for a name, lower case; {@code *.example.com} stands for one label
     */
    SniKeyManager(List<X509ExtendedKeyManager> managers, Map<String, Integer> byName) {
        this.managers.addAll(managers);
        this.byName = Map.copyOf(byName);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        int number = numberFor(engine);
        return outer(number, managers.get(number).chooseEngineServerAlias(keyType, issuers, engine));
    }

    private int numberFor(@Nullable SSLEngine engine) {
        SSLSession session = engine == null ? null : engine.getHandshakeSession();
        if (!(session instanceof ExtendedSSLSession extended)) {
            return 0;
        }
        return extended.getRequestedServerNames().stream()
                .filter(SNIHostName.class::isInstance)
                .map(name -> numberFor(((SNIHostName) name).getAsciiName()))
                .findFirst()
                .orElse(0);
    }

    /** The number of the manager for a host name. */
    int numberFor(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        String plain = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        Integer exact = byName.get(plain);
        if (exact != null) {
            return exact;
        }
        int dot = plain.indexOf('.');
        return dot < 0 ? 0 : byName.getOrDefault("*" + plain.substring(dot), 0);
    }

    @Override
    protected X509ExtendedKeyManager part(int number) {
        return managers.get(number);
    }

    @Override
    public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        List<String> all = new ArrayList<>();
        for (int number = 0; number < managers.size(); number++) {
            all.addAll(outer(number, managers.get(number).getServerAliases(keyType, issuers)));
        }
        return all.toArray(String[]::new);
    }
}
