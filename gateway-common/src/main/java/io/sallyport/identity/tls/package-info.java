/** TLS contexts that change while connections live, and the engines they are made for. */
@NullMarked
package io.sallyport.identity.tls;

import org.jspecify.annotations.NullMarked;
