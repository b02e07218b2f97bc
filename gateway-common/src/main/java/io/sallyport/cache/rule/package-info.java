/** RFC 9111 as pure functions: what may be stored, how long it is fresh, when it may be reused. */
@NullMarked
package io.sallyport.cache.rule;

import org.jspecify.annotations.NullMarked;
