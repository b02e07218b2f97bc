package io.sallyport.cache;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The primary cache key of a request: the route and the customer's target URI, normalised (RFC 9111, section 2). Two keys
 * are equal when every part is equal; a hash alone never decides.
 *
 * @param routeId the route's id with the digest of its definition, so that a changed route serves no old bytes
 * @param scheme the customer's scheme
 * @param host the host in lower case, with the port unless it is the scheme's default
 * @param path the path, normalised after RFC 3986, section 6.2.2
 * @param query the query after the route's query policy; null where there is none
 */
public record CacheKey(
        String routeId,
        String scheme,
        String host,
        String path,
        @Nullable String query) {
    public CacheKey {
        Objects.requireNonNull(routeId);
        Objects.requireNonNull(scheme);
        Objects.requireNonNull(host);
        Objects.requireNonNull(path);
    }

    @Override
    public boolean equals(@Nullable Object other) { // those first that tell keys apart; the one that is made costs more
        return other instanceof CacheKey that
                && path.equals(that.path)
                && Objects.equals(query, that.query)
                && host.equals(that.host)
                && routeId.equals(that.routeId)
                && scheme.equals(that.scheme);
    }

    @Override
    public int hashCode() {
        int hash = path.hashCode();
        hash = 31 * hash + (query == null ? 0 : query.hashCode());
        hash = 31 * hash + host.hashCode();
        hash = 31 * hash + routeId.hashCode();
        return 31 * hash + scheme.hashCode();
    }

    /** The parts, each behind its length, so that no two keys encode alike. */
    public byte[] encoded() {
        byte[][] parts = {bytes(routeId), bytes(scheme), bytes(host), bytes(path), query == null ? null : bytes(query)};
        int length = 0;
        for (byte @Nullable [] part : parts) {
            length += Integer.BYTES + (part == null ? 0 : part.length);
        }
        ByteBuffer encoded = ByteBuffer.allocate(length);
        for (byte @Nullable [] part : parts) {
            if (part == null) {
                encoded.putInt(-1);
            } else {
                encoded.putInt(part.length).put(part);
            }
        }
        return encoded.array();
    }

    /** Path and query as the key has them: the URL that is handed on upstream. */
    public String target() {
        return query == null ? path : path + "?" + query;
    }

    /** The characters of all parts: what the key weighs, without overhead. */
    public int length() {
        return routeId.length()
                + scheme.length()
                + host.length()
                + path.length()
                + (query == null ? 0 : query.length());
    }

    private static byte[] bytes(String part) {
        return part.getBytes(StandardCharsets.UTF_8);
    }
}
