/** The inner gate: opens only to an edge, caches harder, and shields the origin. */
@NullMarked
package io.sallyport.regional;

import org.jspecify.annotations.NullMarked;
