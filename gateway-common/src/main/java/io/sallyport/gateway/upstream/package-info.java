/** What is said to upstream and heard from it, whichever way a fill or a pass takes, and the lists of regional gates. */
@NullMarked
package io.sallyport.gateway.upstream;

import org.jspecify.annotations.NullMarked;
