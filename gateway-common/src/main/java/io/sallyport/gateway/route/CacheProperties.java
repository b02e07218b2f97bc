package io.sallyport.gateway.route;

import io.sallyport.cache.CachePolicy;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings of the cache of a gate, prefix {@code sallyport.cache}.
 *
 * @param mode what a route's policy is unless its {@code HttpCache} filter says otherwise
 * @param memory what all stored responses together may take outside the heap; the JVM's direct memory must be larger
 *     [1MB or more]
 * @param maxObject the largest content that is stored; never more than half of the memory [0 to {@code memory}]
 * @param targetedFields targeted cache control fields of this tier, the most specific first (RFC 9213, section 2.2)
 *     [field names other than Cache-Control]
 */
@ConfigurationProperties(value = "sallyport.cache", ignoreUnknownFields = false)
public record CacheProperties(
        @DefaultValue("secure") CachePolicy.Mode mode,
        @DefaultValue("64MB") DataSize memory,
        @DefaultValue("8MB") DataSize maxObject,
        @DefaultValue("CDN-Cache-Control") List<String> targetedFields) {
    public CacheProperties {
        if (memory.toBytes() < DataSize.ofMegabytes(1).toBytes()) {
            throw new IllegalArgumentException("sallyport.cache.memory must be at least 1MB: " + memory);
        }
        if (maxObject.isNegative() || maxObject.compareTo(memory) > 0) {
            throw new IllegalArgumentException(
                    "sallyport.cache.max-object must be between 0 and sallyport.cache.memory (" + memory + "): "
                            + maxObject);
        }
        if (!HttpCacheArguments.areTargetable(targetedFields)) {
            throw new IllegalArgumentException(
                    "sallyport.cache.targeted-fields must be names of fields other than Cache-Control: "
                            + targetedFields);
        }
        targetedFields = List.copyOf(targetedFields);
    }
}
