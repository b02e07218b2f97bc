package io.sallyport.helm;

import java.util.LinkedHashMap;
import java.util.Map;

/** Lays one nested map over another, as Helm does with values: null takes a key away. */
final class Merge {
    private Merge() {}

    static Object over(Object below, Object above) {
        if (!(below instanceof Map<?, ?> low && above instanceof Map<?, ?> high)) {
            return above;
        }
        Map<Object, Object> merged = new LinkedHashMap<>(low);
        for (Map.Entry<?, ?> entry : high.entrySet()) {
            if (entry.getValue() == null) {
                merged.remove(entry.getKey());
            } else {
                merged.merge(entry.getKey(), entry.getValue(), Merge::over);
            }
        }
        return merged;
    }
}
