/** What was recorded: nodes, tokens, certificates, revocations and lists, in a database. */
@NullMarked
package io.sallyport.pki.ledger;

import org.jspecify.annotations.NullMarked;
