/** What goes through Spring with its content untouched, and what it invalidates. */
@NullMarked
package io.sallyport.gateway.pass;

import org.jspecify.annotations.NullMarked;
