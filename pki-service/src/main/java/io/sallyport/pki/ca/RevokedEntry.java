package io.sallyport.pki.ca;

import java.time.Instant;

/**
 * One line of a revocation list.
 *
 * @param serial the certificate
 * @param revokedAt since when, in whole seconds
 * @param reason why
 */
public record RevokedEntry(SerialNumber serial, Instant revokedAt, RevocationReason reason) {}
