package io.sallyport.cache.store;

import io.sallyport.cache.CacheKey;
import java.util.Locale;
import java.util.Objects;

/**
 * A request to end the use of stored responses.
 *
 * @param scope which ones
 * @param effect what happens to them
 */
public record Purge(Scope scope, Effect effect) {
    public Purge {
        Objects.requireNonNull(scope);
        Objects.requireNonNull(effect);
    }

    /** A purge after which what it covers is gone. */
    public static Purge hard(Scope scope) {
        return new Purge(scope, Effect.HARD);
    }

    /** A purge after which what it covers is stale. */
    public static Purge soft(Scope scope) {
        return new Purge(scope, Effect.SOFT);
    }

    /** What a purge does. */
    public enum Effect {
        /** The response is never used again. */
        HARD,
        /** The response is stale from now on. */
        SOFT
    }

    /** Which stored responses a purge covers. */
    public sealed interface Scope {}

    /** All variants of one key. */
    public record Url(CacheKey key) implements Scope {
        public Url {
            Objects.requireNonNull(key);
        }
    }

    /** All of a host, in every route and scheme; with the port where the keys have one. */
    public record Host(String host) implements Scope {
        public Host {
            host = host.toLowerCase(Locale.ROOT);
        }
    }

    /** All of a host whose normalised path begins with these characters; "/a" covers "/ab" too, "/a/" does not. */
    public record Prefix(String host, String path) implements Scope {
        public Prefix {
            host = host.toLowerCase(Locale.ROOT);
            if (!path.startsWith("/")) {
                throw new IllegalArgumentException("path prefix must start with /: " + path);
            }
        }
    }

    /** Everything. */
    public record All() implements Scope {}
}
