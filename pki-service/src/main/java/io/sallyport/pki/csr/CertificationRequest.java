package io.sallyport.pki.csr;

import io.sallyport.pki.ca.Der;
import io.sallyport.pki.policy.Requested;

/**
 * A certification request (RFC 2986) whose signature has been verified.
 *
 * @param der its octets
 * @param requested what it asks for
 */
public record CertificationRequest(Der der, Requested requested) {}
