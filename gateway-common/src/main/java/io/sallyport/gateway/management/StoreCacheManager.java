package io.sallyport.gateway.management;

import io.sallyport.cache.store.ResponseStore;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;

/**
 * The store as one of Spring's caches, named {@code responses}, so that {@code /actuator/caches} lists it and can clear it.
 * Nothing is read or put through it: an HTTP response is only ever reused by the rules of RFC 9111.
 */
public final class StoreCacheManager implements CacheManager {
    static final String NAME = "responses";

    private final Cache cache;

    public StoreCacheManager(ResponseStore store) {
        this.cache = new StoreCache(store);
    }

    @Override
    public @Nullable Cache getCache(String name) {
        return name.equals(NAME) ? cache : null;
    }

    @Override
    public Collection<String> getCacheNames() {
        return List.of(NAME);
    }

    private record StoreCache(ResponseStore store) implements Cache {
        @Override
        public String getName() {
            return NAME;
        }

        @Override
        public Object getNativeCache() {
            return store;
        }

        @Override
        public @Nullable ValueWrapper get(Object key) {
            return null;
        }

        @Override
        public <T> @Nullable T get(Object key, @Nullable Class<T> type) {
            return null;
        }

        @Override
        public <T> @Nullable T get(Object key, Callable<T> valueLoader) {
            throw new UnsupportedOperationException("stored responses are reused by the gate only");
        }

        @Override
        public void put(Object key, @Nullable Object value) {
            throw new UnsupportedOperationException("responses are stored by the gate only");
        }

        @Override
        public void evict(Object key) {
            throw new UnsupportedOperationException("use a purge to remove single responses");
        }

        @Override
        public void clear() {
            store.clear();
        }
    }
}
