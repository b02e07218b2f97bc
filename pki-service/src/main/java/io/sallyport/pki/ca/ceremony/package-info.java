/** The ceremony: the offline making of the root, the issuing CA, the first admin and a customer-side CA for trials. */
@NullMarked
package io.sallyport.pki.ca.ceremony;

import org.jspecify.annotations.NullMarked;
