package io.sallyport.pki.ca;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Enumerated;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V2TBSCertListGenerator;

/**
 * A signed certificate revocation list (RFC 5280, section 5), complete for its issuer's key, without an
 * issuingDistributionPoint.
 *
 * @param der its octets
 * @param contents what it says
 */
public record RevocationList(Der der, RevocationListContents contents) {

    static RevocationList signed(RevocationListContents contents, X509Certificate issuer, Signer signer) {
        V2TBSCertListGenerator form = new V2TBSCertListGenerator();
        form.setIssuer(CertificateForm.subjectName(issuer));
        form.setSignature(signer.identifier());
        form.setThisUpdate(new Time(Date.from(contents.thisUpdate())));
        form.setNextUpdate(new Time(Date.from(contents.nextUpdate())));
        for (RevokedEntry entry : contents.entries()) {
            form.addCRLEntry(
                    new ASN1Integer(entry.serial().value()),
                    new Time(Date.from(entry.revokedAt())),
                    entry.reason().code());
        }
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        try {
            extensions.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    new AuthorityKeyIdentifier(CertificateForm.subjectKeyIdentifier(issuer)));
            extensions.addExtension(Extension.cRLNumber, false, new ASN1Integer(contents.number()));
            form.setExtensions(extensions.generate());
            Der toBeSigned = Der.of(form.generateTBSCertList().getEncoded(ASN1Encoding.DER));
            return new RevocationList(signer.signed(toBeSigned), contents);
        } catch (IOException e) {
            throw new IllegalStateException("a list without an encoding", e);
        }
    }

    /**
     * Reads a list and verifies that the given certificate's key has signed it. Whoever the list names as its issuer
     * does not count. Anything else is an IllegalArgumentException.
     */
    public static RevocationList read(Der der, X509Certificate issuer) {
        try {
            X509CRL crl = (X509CRL)
                    CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der.bytes()));
            crl.verify(issuer.getPublicKey());
            byte[] number = crl.getExtensionValue(Extension.cRLNumber.getId());
            if (number == null) {
                throw new IllegalArgumentException("a revocation list without a number");
            }
            return new RevocationList(
                    der,
                    new RevocationListContents(
                            ASN1Integer.getInstance(
                                            ASN1OctetString.getInstance(number).getOctets())
                                    .longValueExact(),
                            crl.getThisUpdate().toInstant(),
                            crl.getNextUpdate().toInstant(),
                            entries(crl)));
        } catch (CRLException | CertificateException e) {
            throw new IllegalArgumentException("not a revocation list: " + e.getMessage(), e);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("a revocation list that another key has signed", e);
        }
    }

    private static List<RevokedEntry> entries(X509CRL crl) {
        var revoked = crl.getRevokedCertificates();
        if (revoked == null) {
            return List.of();
        }
        List<RevokedEntry> entries = new ArrayList<>(revoked.size());
        for (var entry : revoked) {
            byte[] reason = entry.getExtensionValue(Extension.reasonCode.getId());
            int code = reason == null
                    ? CRLReason.unspecified
                    : ASN1Enumerated.getInstance(
                                    ASN1OctetString.getInstance(reason).getOctets())
                            .intValueExact();
            SerialNumber.of(entry.getSerialNumber())
                    .ifPresent(serial -> entries.add(new RevokedEntry(
                            serial, entry.getRevocationDate().toInstant(), RevocationReason.ofCode(code))));
        }
        return entries;
    }

    /** The serials in it. */
    public Set<SerialNumber> serials() {
        Set<SerialNumber> serials = HashSet.newHashSet(contents.entries().size());
        contents.entries().forEach(entry -> serials.add(entry.serial()));
        return serials;
    }
}
