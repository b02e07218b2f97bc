package io.sallyport.gateway.tls;

import io.sallyport.identity.Credentials;
import io.sallyport.identity.node.NodeIdentity;
import io.sallyport.identity.revocation.RevocationList;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Everything with an end that the gate serves or trusts. */
final class CertificateInventory {
    private static final int FINGERPRINT_BYTES = 8;

    private final NodeIdentity identity;
    private final Supplier<Optional<CustomerCertificates>> customers;
    private final ExpiryProperties expiry;

    CertificateInventory(
            NodeIdentity identity, Supplier<Optional<CustomerCertificates>> customers, ExpiryProperties expiry) {
        this.identity = identity;
        this.customers = customers;
        this.expiry = expiry;
    }

    /**
     * A certificate or list.
     *
     * @param use {@code own}, {@code customer}, {@code issuing-ca}, {@code root} or {@code crl}
     * @param serial the serialNumber in hex digits; of a list, the first digits of its issuer key's SHA-256
     * @param nearFrom from when on its end counts as near
     */
    record Item(String use, String serial, String subject, Instant notAfter, Instant nearFrom) {
        boolean isNear(Instant now) {
            return !now.isBefore(nearFrom);
        }
    }

    /** What there is now. */
    List<Item> items() {
        List<Item> items = new ArrayList<>();
        Credentials own = identity.current();
        items.add(item("own", own.leaf()));
        own.chain().stream().skip(1).forEach(issuer -> items.add(item("issuing-ca", issuer)));
        own.roots().forEach(root -> items.add(item("root", root)));
        customers.get().ifPresent(shown -> shown.leaves().forEach(leaf -> items.add(item("customer", leaf))));
        identity.revocation().lists().forEach(list -> items.add(item(list)));
        return items.stream().distinct().toList();
    }

    private Item item(String use, X509Certificate certificate) {
        Instant notAfter = certificate.getNotAfter().toInstant();
        return new Item(
                use,
                hex(certificate.getSerialNumber()),
                certificate.getSubjectX500Principal().getName(),
                notAfter,
                expiry.nearFrom(certificate.getNotBefore().toInstant(), notAfter));
    }

    private Item item(RevocationList list) {
        return new Item(
                "crl",
                fingerprint(list.issuerKey()),
                "CRL " + list.number(),
                list.nextUpdate(),
                expiry.nearFrom(list.thisUpdate(), list.nextUpdate()));
    }

    static String hex(BigInteger serialNumber) {
        return serialNumber.toString(16);
    }

    static String fingerprint(PublicKey key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
            return HexFormat.of().formatHex(digest, 0, FINGERPRINT_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
