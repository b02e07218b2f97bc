package io.sallyport.gateway.direct;

import io.sallyport.http.Fields;

/**
 * A request without content as it goes upstream.
 *
 * @param method the method
 * @param authority what the peer gets as {@code :authority} (RFC 9113, section 8.3.1) or Host (RFC 9112, section 3.2)
 * @param target path and query
 * @param fields the end-to-end fields, without Host
 * @param repeatable whether it may be sent to the same peer again where a kept connection turns out to be dead
 */
public record DirectRequest(String method, String authority, String target, Fields fields, boolean repeatable) {}
