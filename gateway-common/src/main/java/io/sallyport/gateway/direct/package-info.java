/** The short way of a fill upstream, past Spring: HTTP/2 or HTTP/1.1 on connections of its own. */
@NullMarked
package io.sallyport.gateway.direct;

import org.jspecify.annotations.NullMarked;
