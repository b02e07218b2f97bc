/** The origins that the regional gate calls, and how they prove who they are. */
@NullMarked
package io.sallyport.regional.origin;

import org.jspecify.annotations.NullMarked;
