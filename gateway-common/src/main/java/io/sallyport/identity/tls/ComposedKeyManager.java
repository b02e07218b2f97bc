package io.sallyport.identity.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** A server's key manager made of numbered ones: an alias begins with the number of the one that it comes from. */
public abstract class ComposedKeyManager extends X509ExtendedKeyManager {
    private static final char SEPARATOR = ':';

    /** The part with this number. */
    protected abstract X509ExtendedKeyManager part(int number);

    /** What an alias of a part is called here; null where the part has none. */
    protected static @Nullable String outer(int number, @Nullable String alias) {
        return alias == null ? null : number + String.valueOf(SEPARATOR) + alias;
    }

    /** The aliases of a part as they are called here. */
    protected static List<String> outer(int number, String @Nullable [] aliases) {
        List<String> named = new ArrayList<>();
        if (aliases != null) {
            for (String alias : aliases) {
                named.add(number + String.valueOf(SEPARATOR) + alias);
            }
        }
        return named;
    }

    private X509ExtendedKeyManager part(String alias) {
        return part(Integer.parseInt(alias.substring(0, alias.indexOf(SEPARATOR))));
    }

    private static String inner(String alias) {
        return alias.substring(alias.indexOf(SEPARATOR) + 1);
    }

    @Override
    public final X509Certificate @Nullable [] getCertificateChain(String alias) {
        return part(alias).getCertificateChain(inner(alias));
    }

    @Override
    public final @Nullable PrivateKey getPrivateKey(String alias) {
        return part(alias).getPrivateKey(inner(alias));
    }

    @Override
    public final @Nullable String chooseServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return chooseEngineServerAlias(keyType, issuers, null);
    }

    @Override
    public final String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public final @Nullable String chooseClientAlias(
            String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }
}
