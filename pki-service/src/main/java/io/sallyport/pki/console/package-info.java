/** The console: a page that shows the authority on the management port, and lets admins act on theirs. */
@NullMarked
package io.sallyport.pki.console;

import org.jspecify.annotations.NullMarked;
