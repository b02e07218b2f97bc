/** The service without HTTP: tokens, enrolment, renewal, issuance in eight steps, revocation, and the published list. */
@NullMarked
package io.sallyport.pki.authority;

import org.jspecify.annotations.NullMarked;
