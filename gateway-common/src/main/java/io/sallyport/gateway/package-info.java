/** The gate before Spring Cloud Gateway, and the wiring of the cache into Spring and Netty. */
@NullMarked
package io.sallyport.gateway;

import org.jspecify.annotations.NullMarked;
