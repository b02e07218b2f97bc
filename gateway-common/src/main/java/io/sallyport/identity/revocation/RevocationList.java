package io.sallyport.identity.revocation;

import io.sallyport.identity.IdentityException;
import java.math.BigInteger;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;

/**
 * A certificate revocation list whose signature was checked (RFC 5280, section 5), reduced to what a handshake asks.
 *
 * @param issuerKey the key that signed it; lists are told apart by it and never by name
 * @param number the CRL number
 * @param thisUpdate when it was made
 * @param nextUpdate when a newer list is due
 * @param serials the serial numbers that it revokes
 */
public record RevocationList(
        PublicKey issuerKey, BigInteger number, Instant thisUpdate, Instant nextUpdate, SerialNumbers serials) {
    /**
     * Parses a DER list and checks that the issuer signed it.
     *
     * @throws IdentityException if it is no list, is signed by another, has no number or nextUpdate, or is a partial
     *     one
     */
    public static RevocationList parse(byte[] der, X509Certificate issuer) {
        return RevocationListReader.of(der).listOf(issuer);
    }
}
