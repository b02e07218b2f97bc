package io.sallyport.pki.ca;

import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;

/** The certificates that only a ceremony makes. */
public final class CaCertificate {
    private static final int SHOWN_OCTETS = 4;

    private CaCertificate() {}

    /**
     * What an issuing CA may certify.
     *
     * @param trustDomain the host of URIs
     * @param dnsSuffixes DNS names with all below them
     * @param ipRanges as address/prefix length
     */
    public record Constraints(String trustDomain, List<String> dnsSuffixes, List<String> ipRanges) {
        public Constraints {
            dnsSuffixes = List.copyOf(dnsSuffixes);
            ipRanges = List.copyOf(ipRanges);
        }

        private NameConstraints permitted() {
            List<GeneralSubtree> trees = new ArrayList<>();
            trees.add(tree(GeneralName.uniformResourceIdentifier, trustDomain));
            dnsSuffixes.forEach(suffix -> trees.add(tree(GeneralName.dNSName, suffix)));
            ipRanges.forEach(range -> trees.add(tree(GeneralName.iPAddress, range)));
            return new NameConstraints(trees.toArray(GeneralSubtree[]::new), null);
        }

        private static GeneralSubtree tree(int tag, String name) {
            return new GeneralSubtree(new GeneralName(tag, name));
        }
    }

    /** A root: a CA that signs itself. */
    public static X509Certificate selfSigned(String name, KeyPair pair, Validity validity, SecureRandom random) {
        Signer signer = new Signer(pair.getPrivate(), pair.getPublic());
        X500Name subject = subject(name, pair.getPublic());
        Der toBeSigned = form(subject, pair.getPublic(), validity, random)
                .extension(Extension.basicConstraints, true, new BasicConstraints(true))
                .extension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
                .toBeSigned(subject, signer);
        return CertificateForm.checked(toBeSigned, signer.signed(toBeSigned), pair.getPublic());
    }

    /** An issuing CA: it signs leaves only, and only within its constraints. */
    public static X509Certificate issuing(
            Constraints constraints, PublicKey key, Validity validity, CertificateAuthority root, SecureRandom random) {
        return sign(
                form(subject("Sallyport issuing CA", key), key, validity, random)
                        .extension(Extension.basicConstraints, true, new BasicConstraints(0))
                        .extension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
                        .extension(Extension.nameConstraints, true, constraints.permitted()),
                root);
    }

    /** A server's certificate, for the customers' side. */
    public static X509Certificate server(
            SubjectAltNames names, PublicKey key, Validity validity, CertificateAuthority ca, SecureRandom random) {
        X500Name subject = new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(
                        BCStyle.CN,
                        names.dnsNames().isEmpty() ? "edge" : names.dnsNames().getFirst())
                .build();
        return sign(
                form(subject, key, validity, random)
                        .extension(Extension.basicConstraints, true, new BasicConstraints(false))
                        .extension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                        .extension(
                                Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
                        .extension(Extension.subjectAlternativeName, false, GeneralNameForm.names(names)),
                ca);
    }

    private static X509Certificate sign(CertificateForm form, CertificateAuthority ca) {
        Der toBeSigned = form.toBeSigned(ca.certificate(), ca.signer());
        return CertificateForm.checked(
                toBeSigned, ca.signer().signed(toBeSigned), ca.certificate().getPublicKey());
    }

    private static CertificateForm form(X500Name subject, PublicKey key, Validity validity, SecureRandom random) {
        return new CertificateForm(subject, CertificateForm.keyInfo(key), SerialNumber.random(random), validity);
    }

    /** Generations of a CA share a name but for the first digits of the key's identifier. */
    private static X500Name subject(String name, PublicKey key) {
        byte[] identifier = CertificateForm.keyIdentifier(CertificateForm.keyInfo(key));
        String digits = HexFormat.of().formatHex(identifier, 0, SHOWN_OCTETS);
        return new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.O, "Sallyport")
                .addRDN(BCStyle.CN, name + " " + digits)
                .build();
    }
}
