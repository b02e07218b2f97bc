/** What faces customers at the edge. */
@NullMarked
package io.sallyport.edge.customer;

import org.jspecify.annotations.NullMarked;
