/** The connections of clients: deadlines, slow readers, and their end. */
@NullMarked
package io.sallyport.gateway.client;

import org.jspecify.annotations.NullMarked;
