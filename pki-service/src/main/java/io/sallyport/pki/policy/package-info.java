/** What may be certified: profiles, the names that a node owns, life times, and the refusals in words. */
@NullMarked
package io.sallyport.pki.policy;

import org.jspecify.annotations.NullMarked;
