/** Fetching what a fill asks for, through Spring or past it. */
@NullMarked
package io.sallyport.gateway.fetch;

import org.jspecify.annotations.NullMarked;
