/** The two TLS listeners, the service's own certificate, and the judgement over client certificates in the handshake. */
@NullMarked
package io.sallyport.pki.listener;

import org.jspecify.annotations.NullMarked;
