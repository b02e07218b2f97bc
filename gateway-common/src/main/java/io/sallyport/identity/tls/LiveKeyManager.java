package io.sallyport.identity.tls;

import java.security.Principal;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * A server's key manager that can be changed while its TLS context lives: the JDK's engine keeps the keys of its session
 * tickets in the context, so that a new context would cost every customer a full handshake.
 *
 * <p>A handshake that has chosen by the former one ends with the former one. Safe for use by many threads.
 */
public final class LiveKeyManager extends ComposedKeyManager {
    private volatile Generations generations;

    private record Generation(int number, X509ExtendedKeyManager keys) {}

    private record Generations(Generation current, Generation former) {}

    /** Begins with a key manager. */
    public LiveKeyManager(X509ExtendedKeyManager first) {
        Generation current = new Generation(0, first);
        this.generations = new Generations(current, current);
    }

    /** Changes what handshakes use that have not chosen yet; calls come one after another. */
    public synchronized void swap(X509ExtendedKeyManager next) {
        Generation current = generations.current();
        generations = new Generations(new Generation(current.number() + 1, next), current);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        Generation current = generations.current();
        return outer(current.number(), current.keys().chooseEngineServerAlias(keyType, issuers, engine));
    }

    @Override
    protected X509ExtendedKeyManager part(int number) {
        Generations both = generations;
        return (both.former().number() == number ? both.former() : both.current()).keys();
    }

    @Override
    public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        Generation current = generations.current();
        return outer(current.number(), current.keys().getServerAliases(keyType, issuers))
                .toArray(String[]::new);
    }
}
