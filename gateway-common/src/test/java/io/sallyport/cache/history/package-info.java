/** Second opinions on the cache: random histories against a naive reference and against another cache. */
@NullMarked
package io.sallyport.cache.history;

import org.jspecify.annotations.NullMarked;
