/** What came from a client, and what is known of it so far. */
@NullMarked
package io.sallyport.gateway.request;

import org.jspecify.annotations.NullMarked;
