/** What is signed and by whom: names, serial numbers, the issuing CA, its revocation list, and the files that hold them. */
@NullMarked
package io.sallyport.pki.ca;

import org.jspecify.annotations.NullMarked;
