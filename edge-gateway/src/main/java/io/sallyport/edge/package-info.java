/** The outer gate: ends the customers' HTTPS, caches, and reaches the regional gateway with the node's certificate. */
@NullMarked
package io.sallyport.edge;

import org.jspecify.annotations.NullMarked;
