package io.sallyport.pki.ca;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Date;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;

/** A TBSCertificate in the making (RFC 5280, section 4.1). */
public final class CertificateForm {
    private static final int KEY_IDENTIFIER_OCTETS = 20;

    private final V3TBSCertificateGenerator form = new V3TBSCertificateGenerator();
    private final ExtensionsGenerator extensions = new ExtensionsGenerator();

    /** A form for a subject and its key. */
    public CertificateForm(X500Name subject, SubjectPublicKeyInfo key, SerialNumber serial, Validity validity) {
        form.setSubject(subject);
        form.setSubjectPublicKeyInfo(key);
        form.setSerialNumber(new ASN1Integer(serial.value()));
        form.setStartDate(new Time(Date.from(validity.notBefore())));
        form.setEndDate(new Time(Date.from(validity.notAfter())));
        extension(Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(keyIdentifier(key)));
    }

    /** Adds an extension. */
    public CertificateForm extension(ASN1ObjectIdentifier id, boolean critical, ASN1Encodable value) {
        try {
            extensions.addExtension(id, critical, value);
            return this;
        } catch (IOException e) {
            throw new IllegalStateException("an extension without an encoding: " + id, e);
        }
    }

    /** The octets to sign, for an issuer that signs itself. */
    public Der toBeSigned(X500Name issuer, Signer signer) {
        form.setIssuer(issuer);
        form.setSignature(signer.identifier());
        form.setExtensions(extensions.generate());
        try {
            return Der.of(form.generateTBSCertificate().getEncoded(ASN1Encoding.DER));
        } catch (IOException e) {
            throw new IllegalStateException("a certificate without an encoding", e);
        }
    }

    /** The octets to sign; the issuer's name and key identifier are copied from its certificate, octet by octet. */
    public Der toBeSigned(X509Certificate issuer, Signer signer) {
        extension(Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(subjectKeyIdentifier(issuer)));
        return toBeSigned(subjectName(issuer), signer);
    }

    static X500Name subjectName(X509Certificate certificate) {
        return X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
    }

    /** The subjectKeyIdentifier of a CA's certificate. */
    static byte[] subjectKeyIdentifier(X509Certificate certificate) {
        byte[] extension = certificate.getExtensionValue(Extension.subjectKeyIdentifier.getId());
        if (extension == null) {
            throw new UnusableFileException(
                    "the certificate of " + certificate.getSubjectX500Principal() + " has no subjectKeyIdentifier");
        }
        byte[] value = ASN1OctetString.getInstance(extension).getOctets();
        return SubjectKeyIdentifier.getInstance(ASN1OctetString.getInstance(value))
                .getKeyIdentifier();
    }

    /** RFC 7093, section 2, method 1: the leftmost 160 bits of the SHA-256 of the key. */
    static byte[] keyIdentifier(SubjectPublicKeyInfo key) {
        return Arrays.copyOf(Der.digest(key.getPublicKeyData().getBytes()), KEY_IDENTIFIER_OCTETS);
    }

    /** The SubjectPublicKeyInfo of a key of Java's. */
    public static SubjectPublicKeyInfo keyInfo(PublicKey key) {
        return SubjectPublicKeyInfo.getInstance(key.getEncoded());
    }

    /** The certificate out of signed octets, checked: the signature verifies and nothing else was signed. */
    static X509Certificate checked(Der toBeSigned, Der signed, PublicKey signedWith) {
        X509Certificate certificate = Pem.certificate(signed.bytes());
        try {
            certificate.verify(signedWith);
            if (!Der.of(certificate.getTBSCertificate()).equals(toBeSigned)) {
                throw new SignerUnavailableException(
                        "another certificate was signed than the one recorded", new IllegalStateException());
            }
            return certificate;
        } catch (GeneralSecurityException e) {
            throw new SignerUnavailableException("the signature just made does not verify", e);
        }
    }
}
