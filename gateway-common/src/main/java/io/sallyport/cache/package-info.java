/** Values of the HTTP cache: keys, stored responses, the policy of a route. */
@NullMarked
package io.sallyport.cache;

import org.jspecify.annotations.NullMarked;
