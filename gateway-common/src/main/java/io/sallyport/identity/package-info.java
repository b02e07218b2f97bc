/** Who this node is: its key, certification request, enrolment and renewal, what it trusts, and its TLS contexts. */
@NullMarked
package io.sallyport.identity;

import org.jspecify.annotations.NullMarked;
