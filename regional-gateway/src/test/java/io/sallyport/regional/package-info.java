@NullMarked
package io.sallyport.regional;

import org.jspecify.annotations.NullMarked;
