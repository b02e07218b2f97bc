@NullMarked
package io.sallyport.edge;

import org.jspecify.annotations.NullMarked;
