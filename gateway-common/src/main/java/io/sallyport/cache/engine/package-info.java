/** One request through the cache: the plan, and the fill that fetches once for many readers. */
@NullMarked
package io.sallyport.cache.engine;

import org.jspecify.annotations.NullMarked;
