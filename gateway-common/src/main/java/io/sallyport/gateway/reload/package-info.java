/** New settings without a restart, tried whole before they count; trying them without a start. */
@NullMarked
package io.sallyport.gateway.reload;

import org.jspecify.annotations.NullMarked;
