/** Where stored responses live. */
@NullMarked
package io.sallyport.cache.store;

import org.jspecify.annotations.NullMarked;
