/** Whom this node talks to: judging peers inside the handshake and for as long as they are connected. */
@NullMarked
package io.sallyport.identity.peer;

import org.jspecify.annotations.NullMarked;
