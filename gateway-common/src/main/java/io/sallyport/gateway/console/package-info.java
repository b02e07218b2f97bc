/** The console: a page on the management port that shows what the gate's actuator endpoints say. */
@NullMarked
package io.sallyport.gateway.console;

import org.jspecify.annotations.NullMarked;
