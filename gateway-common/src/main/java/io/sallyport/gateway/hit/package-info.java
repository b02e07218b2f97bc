/** Deciding what becomes of a request, and answering it before Reactor Netty makes an exchange of it. */
@NullMarked
package io.sallyport.gateway.hit;

import org.jspecify.annotations.NullMarked;
