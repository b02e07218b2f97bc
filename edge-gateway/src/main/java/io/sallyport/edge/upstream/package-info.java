/** The way from the edge to the regional gates: the client certificate, and who is accepted at the other end. */
@NullMarked
package io.sallyport.edge.upstream;

import org.jspecify.annotations.NullMarked;
