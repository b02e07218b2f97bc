package io.sallyport.gateway.route;

import io.sallyport.cache.CachePolicy;
import io.sallyport.cache.CachePolicy.QueryPolicy;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.factory.AbstractGatewayFilterFactory;
import org.springframework.util.unit.DataSize;

/**
 * The gateway filter {@code HttpCache}: a route that carries it is cached, and its arguments are the cache policy. What is
 * left out has the defaults of {@code sallyport.cache}.
 */
public final class HttpCacheGatewayFilterFactory
        extends AbstractGatewayFilterFactory<HttpCacheGatewayFilterFactory.Config> {
    private final CacheProperties defaults;

    public HttpCacheGatewayFilterFactory(CacheProperties defaults) {
        super(Config.class);
        this.defaults = defaults;
    }

    @Override
    public GatewayFilter apply(Config config) {
        return new HttpCacheFilter(config.policy(defaults));
    }

    /** The arguments of the filter as they are bound from a route; every one may be left out. */
    public static final class Config {
        private CachePolicy.@Nullable Mode mode;
        private @Nullable List<String> targetedFields;
        private @Nullable Duration heuristicCap;
        private @Nullable Duration staleCap;
        private @Nullable Duration staleIfError;
        private @Nullable Duration errorCap;
        private @Nullable String query;
        private @Nullable Boolean trustClientDirectives;
        private @Nullable Boolean storeSetCookie;
        private @Nullable Boolean storePost;
        private @Nullable DataSize maxObject;
        private @Nullable DataSize rangeFill;

        /** How strict the cache is; see docs/conformance.md. */
        public void setMode(CachePolicy.Mode mode) {
            this.mode = mode;
        }

        /** Targeted cache control fields, the most specific first (RFC 9213, section 2.2). [field names other than Cache-Control] */
        public void setTargetedFields(List<String> targetedFields) {
            this.targetedFields = targetedFields;
        }

        /** Upper bound of heuristic freshness; 0 turns it off. [0 or more] */
        public void setHeuristicCap(Duration heuristicCap) {
            this.heuristicCap = notNegative("heuristic-cap", heuristicCap);
        }

        /** Upper bound of every use of a stale response. [0 or more] */
        public void setStaleCap(Duration staleCap) {
            this.staleCap = notNegative("stale-cap", staleCap);
        }

        /** Stale use on an error, granted where the origin says nothing of it and does not forbid it. [0 or more] */
        public void setStaleIfError(Duration staleIfError) {
            this.staleIfError = notNegative("stale-if-error", staleIfError);
        }

        /** Upper bound of the lifetime of errors that a client can provoke, in the mode {@code secure}. [0 or more] */
        public void setErrorCap(Duration errorCap) {
            this.errorCap = notNegative("error-cap", errorCap);
        }

        /** How the query enters key and forwarded URL. [{@code as-is}, {@code sorted}, {@code only:a,b} or {@code except:a,b}] */
        public void setQuery(String query) {
            this.query = query;
        }

        /** Whether no-cache, max-age, max-stale and min-fresh of clients count. */
        public void setTrustClientDirectives(boolean trustClientDirectives) {
            this.trustClientDirectives = trustClientDirectives;
        }

        /** Whether responses with Set-Cookie may be stored in the mode {@code secure}. */
        public void setStoreSetCookie(boolean storeSetCookie) {
            this.storeSetCookie = storeSetCookie;
        }

        /** Whether a 200 to POST that names its own URI and lifetime is stored for GET. [false in the mode {@code secure}] */
        public void setStorePost(boolean storePost) {
            this.storePost = storePost;
        }

        /** The largest content that is stored. [0 to {@code sallyport.cache.memory}] */
        public void setMaxObject(DataSize maxObject) {
            this.maxObject = maxObject;
        }

        /**
         * The largest content that is fetched, and stored, as a whole for a request for one range of it; zero for none. [0 to
         * {@code sallyport.cache.memory}]
         */
        public void setRangeFill(DataSize rangeFill) {
            this.rangeFill = rangeFill;
        }

        CachePolicy policy(CacheProperties defaults) {
            CachePolicy base = CachePolicy.of(or(mode, defaults::mode), or(targetedFields, defaults::targetedFields));
            return new CachePolicy(
                    base.mode(),
                    base.targetedFields(),
                    or(heuristicCap, base::heuristicCap),
                    or(staleCap, base::staleCap),
                    or(staleIfError, base::staleIfError),
                    or(errorCap, base::errorCap),
                    query == null ? base.query() : queryPolicy(query),
                    or(trustClientDirectives, base::trustClientDirectives),
                    or(storeSetCookie, base::storeSetCookie),
                    storesPost(base),
                    or(maxObject, defaults::maxObject).toBytes(),
                    rangeFill == null ? base.rangeFillBytes() : rangeFill.toBytes());
        }

        private boolean storesPost(CachePolicy base) {
            boolean stores = or(storePost, base::storePost);
            if (stores && base.mode() == CachePolicy.Mode.SECURE) {
                throw new IllegalArgumentException(
                        "HttpCache argument store-post must be false in the mode secure: true; use mode: rfc for the"
                                + " route");
            }
            return stores;
        }

        private static <T> T or(@Nullable T value, Supplier<T> otherwise) {
            return value == null ? otherwise.get() : value;
        }

        private static Duration notNegative(String property, Duration value) {
            if (value.isNegative()) {
                throw new IllegalArgumentException(
                        "HttpCache argument " + property + " must not be negative: " + value);
            }
            return value;
        }
    }

    /** The query policy that a text names; throws IllegalArgumentException where it names none. */
    static QueryPolicy queryPolicy(String text) {
        int colon = text.indexOf(':');
        String kind = colon < 0 ? text : text.substring(0, colon + 1);
        Set<String> names = colon < 0
                ? Set.of()
                : Arrays.stream(text.substring(colon + 1).split(",", -1))
                        .map(String::strip)
                        .collect(Collectors.toSet());
        if (names.stream().anyMatch(name -> name.isEmpty() || name.matches(".*[&=#?\\s].*"))) {
            throw malformed(text);
        }
        return switch (kind) {
            case "as-is" -> new QueryPolicy.AsIs();
            case "sorted" -> new QueryPolicy.Sorted();
            case "only:" -> new QueryPolicy.Only(names);
            case "except:" -> new QueryPolicy.Except(names);
            default -> throw malformed(text);
        };
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException(
                "HttpCache argument query must be as-is, sorted, only:NAME,… or except:NAME,…: " + text);
    }
}
