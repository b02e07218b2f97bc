/** What the scripts of bench need beside the gates: a bare server, an origin, clients of all kinds, benchmarks. */
@NullMarked
package io.sallyport.bench;

import org.jspecify.annotations.NullMarked;
