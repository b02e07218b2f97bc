/** Who is told of each request: meters and the access log. */
@NullMarked
package io.sallyport.gateway.observe;

import org.jspecify.annotations.NullMarked;
