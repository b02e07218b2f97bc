package io.sallyport.gateway.upstream;

import io.sallyport.http.Fields;
import java.util.function.Predicate;
import org.springframework.http.HttpHeaders;

/** Fields as Spring has them and as the cache has them. */
public final class SpringFields {
    private SpringFields() {}

    /** Spring's fields whose name the predicate takes. */
    public static Fields.Builder of(HttpHeaders headers, Predicate<String> kept) {
        Fields.Builder fields = Fields.builder(16);
        headers.forEach((name, values) -> {
            if (kept.test(name)) {
                values.forEach(value -> fields.add(name, value));
            }
        });
        return fields;
    }

    /** The fields for Spring. */
    public static HttpHeaders headers(Fields fields) {
        HttpHeaders headers = new HttpHeaders();
        fields.forEach(headers::add);
        return headers;
    }
}
