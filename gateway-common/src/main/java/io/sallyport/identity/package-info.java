/** Who somebody is: role and names, certificates and their keys. */
@NullMarked
package io.sallyport.identity;

import org.jspecify.annotations.NullMarked;
