/** Scenarios over real sockets, and the rules of the architecture. */
@NullMarked
package io.sallyport.pki;

import org.jspecify.annotations.NullMarked;
