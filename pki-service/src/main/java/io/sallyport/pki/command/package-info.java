/** The commands beside the service: a ceremony for trials, and one-time tokens from a running service. */
@NullMarked
package io.sallyport.pki.command;

import org.jspecify.annotations.NullMarked;
