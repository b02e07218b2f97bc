/** Revocation lists (RFC 5280, section 5): reading them, and looking numbers up without allocating. */
@NullMarked
package io.sallyport.identity.revocation;

import org.jspecify.annotations.NullMarked;
