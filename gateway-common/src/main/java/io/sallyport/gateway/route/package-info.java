/** Which route a request takes, and what a cached route may be. */
@NullMarked
package io.sallyport.gateway.route;

import org.jspecify.annotations.NullMarked;
