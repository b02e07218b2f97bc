package io.sallyport.cache;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The secondary key of a stored response: the request fields that its Vary nominates with their normalised values in the
 * request that it answered (RFC 9111, section 4.1). Without Vary there are no nominated fields and every request matches.
 */
public record VariantKey(List<Nominated> nominated) {
    private static final VariantKey NONE = new VariantKey(List.of());

    /**
     * A nominated field.
     *
     * @param name lower-case field name
     * @param value normalised combined value; null where the request did not have the field
     */
    public record Nominated(String name, @Nullable String value) {
        public Nominated {
            Objects.requireNonNull(name);
        }
    }

    public VariantKey {
        nominated = List.copyOf(nominated);
    }

    /** The key of a response without Vary. */
    public static VariantKey none() {
        return NONE;
    }
}
