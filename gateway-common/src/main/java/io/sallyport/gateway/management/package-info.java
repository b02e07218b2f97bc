/** The management port: who may do what, endpoints, purging. */
@NullMarked
package io.sallyport.gateway.management;

import org.jspecify.annotations.NullMarked;
