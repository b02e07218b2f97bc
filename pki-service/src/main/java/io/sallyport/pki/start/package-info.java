/** How the service is put together and started, and what its management port tells. */
@NullMarked
package io.sallyport.pki.start;

import org.jspecify.annotations.NullMarked;
