/** The HTTP API under {@code /api/v1}: which path belongs to which listener, who may call it, and what is answered. */
@NullMarked
package io.sallyport.pki.api;

import org.jspecify.annotations.NullMarked;
