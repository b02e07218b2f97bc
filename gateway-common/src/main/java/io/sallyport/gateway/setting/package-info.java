/** What operators set, as values that have been checked. */
@NullMarked
package io.sallyport.gateway.setting;

import org.jspecify.annotations.NullMarked;
