package io.sallyport.cache.engine;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sallyport.cache.CacheKey;
import io.sallyport.cache.VariantKey;
import io.sallyport.cache.rule.VariantSelection;
import io.sallyport.http.Fields;
import io.sallyport.http.RequestHead;
import io.sallyport.http.ResponseHead;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which fields the last responses of a key varied on (RFC 9111, section 4.1), so that requests that will not get the same
 * response do not wait for one another. A wrong guess costs time only: what a response nominates is compared before it is
 * shared. Thread-safe.
 */
final class VaryMemory {
    /** An origin that varies on other fields for an error, or for another representation, comes to so many lists. */
    static final int LISTS = 3;

    private static final int MOST_KEYS = 100_000;

    private final Cache<CacheKey, List<Set<String>>> lists =
            Caffeine.newBuilder().maximumSize(MOST_KEYS).executor(Runnable::run).build();

    /** A storable response had these nominated fields. Keys whose responses never vary take no room. */
    void learn(CacheKey key, VariantKey variant) {
        Set<String> names = new LinkedHashSet<>();
        variant.nominated().forEach(nominated -> names.add(nominated.name()));
        lists.asMap().compute(key, (_, before) -> {
            if (before == null) {
                return names.isEmpty() ? null : List.of(names);
            }
            List<Set<String>> after = new ArrayList<>(LISTS);
            after.add(names);
            before.stream().filter(list -> !list.equals(names)).limit(LISTS - 1).forEach(after::add);
            return after.stream().allMatch(Set::isEmpty) ? null : List.copyOf(after);
        });
    }

    /** The request's values of all fields that one of the remembered lists has. */
    VariantKey of(CacheKey key, RequestHead request) {
        List<Set<String>> known = lists.getIfPresent(key);
        if (known == null) {
            return VariantKey.none();
        }
        Fields.Builder vary = Fields.builder();
        known.forEach(names -> names.forEach(name -> vary.add("vary", name)));
        return VariantSelection.of(new ResponseHead(200, vary.build()), request.fields());
    }
}
