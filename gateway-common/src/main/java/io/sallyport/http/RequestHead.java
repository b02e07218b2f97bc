package io.sallyport.http;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request: its method, its target URI taken apart, and its fields (RFC 9110, section 7.1).
 *
 * @param method the case-sensitive method
 * @param scheme "http" or "https", lower case
 * @param authority host and, unless it is the scheme's default, port, as the client sent it
 * @param path the path as received, percent-encoded, starting with "/"
 * @param query the query as received, without "?"; null where there is none, empty where only "?" came
 * @param fields the header fields
 */
public record RequestHead(
        String method,
        String scheme,
        String authority,
        String path,
        @Nullable String query,
        Fields fields) {
    public RequestHead {
        Objects.requireNonNull(method);
        Objects.requireNonNull(scheme);
        Objects.requireNonNull(authority);
        Objects.requireNonNull(path);
        Objects.requireNonNull(fields);
    }

    /** Path and query as they stand in the request line in origin form (RFC 9112, section 3.2.1). */
    public String target() {
        return query == null ? path : path + "?" + query;
    }

    /** The target URI (RFC 9110, section 7.1). */
    public String targetUri() {
        return scheme + "://" + authority + target();
    }

    /** This head with other fields. */
    public RequestHead withFields(Fields other) {
        return new RequestHead(method, scheme, authority, path, query, other);
    }

    /** This head with another method. */
    public RequestHead withMethod(String other) {
        return new RequestHead(other, scheme, authority, path, query, fields);
    }

    /** Whether the method is HEAD. */
    public boolean isHead() {
        return method.equals("HEAD");
    }
}
