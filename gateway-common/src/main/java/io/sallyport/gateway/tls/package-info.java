/** The node's identity as Spring settings: the SSL bundle {@code node}, live contexts, handshakes seen by operators. */
@NullMarked
package io.sallyport.gateway.tls;

import org.jspecify.annotations.NullMarked;
