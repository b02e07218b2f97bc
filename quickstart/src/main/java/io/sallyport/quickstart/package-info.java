/** The whole pair, its PKI and a sample origin in one JVM, on real sockets with real mTLS. */
@NullMarked
package io.sallyport.quickstart;

import org.jspecify.annotations.NullMarked;
