/** The short way of a fill to a regional gate: HTTP/2 on a connection of its own kind, past Spring. */
@NullMarked
package io.sallyport.gateway.direct;

import org.jspecify.annotations.NullMarked;
