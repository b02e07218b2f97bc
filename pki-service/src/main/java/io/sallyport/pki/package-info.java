/** The certificate authority of the nodes: its start, its settings, its ports. */
@NullMarked
package io.sallyport.pki;

import org.jspecify.annotations.NullMarked;
