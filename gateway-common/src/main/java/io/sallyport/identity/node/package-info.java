/** This node: its key, enrolment and renewal, from a PKI or from files, and what it serves of that. */
@NullMarked
package io.sallyport.identity.node;

import org.jspecify.annotations.NullMarked;
