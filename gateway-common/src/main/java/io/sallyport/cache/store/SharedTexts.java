package io.sallyport.cache.store;

import io.sallyport.cache.StoredResponse;
import io.sallyport.http.Fields;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Texts that many stored responses have alike, such as the names of fields, most media types and Cache-Control: each is kept
 * once. As many as there are places are remembered, the newest of each place. Thread-safe.
 */
final class SharedTexts {
    private static final int PLACES = 4096;
    private static final int LONGEST = 128;

    private final AtomicReferenceArray<@Nullable String> places = new AtomicReferenceArray<>(PLACES);

    /** The same response, with those texts of its fields that are known. */
    StoredResponse of(StoredResponse response) {
        Fields fields = response.head().fields();
        Fields.Builder shared = Fields.builder(fields.size());
        fields.forEach((name, value) -> shared.add(of(name), of(value)));
        return response.freshened(
                response.head().withFields(shared.build()), response.freshness(), response.generation());
    }

    private String of(String text) {
        if (text.length() > LONGEST) {
            return text;
        }
        int hash = text.hashCode();
        int place = (hash ^ (hash >>> 16)) & (PLACES - 1);
        String known = places.getAcquire(place);
        if (text.equals(known)) {
            return known;
        }
        places.setRelease(place, text);
        return text;
    }
}
