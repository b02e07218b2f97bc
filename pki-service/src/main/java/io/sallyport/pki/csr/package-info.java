/** Certification requests: read, bounded, and proved before anything else looks at them. */
@NullMarked
package io.sallyport.pki.csr;

import org.jspecify.annotations.NullMarked;
