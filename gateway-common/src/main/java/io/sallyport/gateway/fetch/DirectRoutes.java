package io.sallyport.gateway.fetch;

import io.sallyport.cache.engine.CachedRoute;
import io.sallyport.gateway.route.RouteTable;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which routes are fetched past Spring, and how. */
public final class DirectRoutes implements Function<CachedRoute, Optional<Fetch.Direct>> {
    private final RouteTable routes;
    private final @Nullable DirectFetch fetch;
    private final Supplier<Stream<?>> customizations;
    /** Whether somebody's own part is to see what goes upstream; null until the first fetch asks. */
    private volatile @Nullable Boolean customized;

    /**
     * The routes of a table.
     *
     * @param fetch the direct way; null where there is none
     * @param customizations all that has to do with requests on their way through Spring; looked up at the first fetch
     */
    DirectRoutes(RouteTable routes, @Nullable DirectFetch fetch, Supplier<Stream<?>> customizations) {
        this.routes = routes;
        this.fetch = fetch;
        this.customizations = customizations;
    }

    @Override
    public Optional<Fetch.Direct> apply(CachedRoute route) {
        DirectFetch way = fetch;
        return way == null || isCustomized()
                ? Optional.empty()
                : routes.direct(route).map(direct -> new Fetch.Direct(direct, way));
    }

    private boolean isCustomized() {
        Boolean known = customized;
        if (known == null) {
            known = customizations.get().anyMatch(DirectRoutes::isForeign);
            customized = known;
        }
        return known;
    }

    /** Whether a part is neither Spring's nor the gate's: what it does, it is to do for every request. */
    public static boolean isForeign(Object part) {
        String name = part.getClass().getName();
        return !name.startsWith("org.springframework.") && !name.startsWith("io.sallyport.");
    }
}
