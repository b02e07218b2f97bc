package io.sallyport.pki.ca;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.jspecify.annotations.Nullable;

/**
 * The issuing CA: a key, its certificate and the certificates above it. It signs what it is told to; whether it should
 * is decided elsewhere. Safe for many threads.
 */
public final class Issuer {
    private final Signer signer;
    private final List<X509Certificate> chain;
    private final X509Certificate root;
    private final NameConstraint nameConstraint;

    private Issuer(Signer signer, List<X509Certificate> chain, X509Certificate root) {
        this.signer = signer;
        this.chain = List.copyOf(chain);
        this.root = root;
        this.nameConstraint = NameConstraint.of(chain.getFirst());
    }

    /**
     * Reads {@code issuing-key.pem} and {@code chain.pem} of an issuing CA's directory and checks that they fit each
     * other and that one of the roots has signed the last certificate of the chain.
     */
    public static Issuer read(Path directory, @Nullable Path passphraseFile, List<X509Certificate> roots) {
        Path chainFile = directory.resolve(HierarchyFiles.CHAIN);
        List<X509Certificate> chain = HierarchyFiles.certificates(chainFile);
        Path keyFile = directory.resolve(HierarchyFiles.ISSUING_KEY);
        PrivateKey key = KeyFile.read(keyFile, passphraseFile);
        PublicKey publicKey = chain.getFirst().getPublicKey();
        if (!KeyFile.fits(key, publicKey)) {
            throw new UnusableFileException(keyFile + " is not the key of the first certificate in " + chainFile);
        }
        return new Issuer(new Signer(key, publicKey), chain, rootOf(chainFile, chain, roots));
    }

    private static X509Certificate rootOf(Path chainFile, List<X509Certificate> chain, List<X509Certificate> roots) {
        if (chain.getFirst().getBasicConstraints() < 0) {
            throw new UnusableFileException("the first certificate in " + chainFile + " is not one of a CA");
        }
        for (int i = 0; i + 1 < chain.size(); i++) {
            if (!signedBy(chain.get(i), chain.get(i + 1))) {
                throw new UnusableFileException(chainFile + " is out of order: certificate " + (i + 1)
                        + " is not signed by certificate " + (i + 2));
            }
        }
        return roots.stream()
                .filter(root -> signedBy(chain.getLast(), root))
                .findFirst()
                .orElseThrow(() -> new UnusableFileException(
                        "no root in the state directory has signed the last certificate in " + chainFile));
    }

    private static boolean signedBy(X509Certificate certificate, X509Certificate signer) {
        try {
            certificate.verify(signer.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** Names this issuer by its key: the subjectKeyIdentifier in lower-case hexadecimal digits. */
    public String id() {
        return idOf(certificate());
    }

    /** The id of the issuer that a CA's certificate would make. */
    public static String idOf(X509Certificate certificate) {
        return HexFormat.of().formatHex(CertificateForm.subjectKeyIdentifier(certificate));
    }

    /** Whether this CA's key has signed a certificate. */
    public boolean hasSigned(X509Certificate leaf) {
        return signedBy(leaf, certificate());
    }

    /** The issuing CA's own certificate. */
    public X509Certificate certificate() {
        return chain.getFirst();
    }

    /** The issuing CA's certificate and those between it and the root, without the root. */
    public List<X509Certificate> chain() {
        return chain;
    }

    /** The root that the chain ends at. */
    public X509Certificate root() {
        return root;
    }

    /** The first moment at which the whole chain is valid. */
    public Instant notBefore() {
        return all().stream()
                .map(c -> c.getNotBefore().toInstant())
                .max(Instant::compareTo)
                .orElseThrow();
    }

    /** The last moment at which the whole chain is valid; no certificate outlives it. */
    public Instant notAfter() {
        return all().stream()
                .map(c -> c.getNotAfter().toInstant())
                .min(Instant::compareTo)
                .orElseThrow();
    }

    private List<X509Certificate> all() {
        List<X509Certificate> all = new ArrayList<>(chain);
        all.add(root);
        return all;
    }

    /** Those of the given names that the issuing CA's name constraints do not permit, as labels. */
    public List<String> notPermitted(SubjectAltNames names) {
        return nameConstraint.notPermitted(names);
    }

    /** Whether a key is the CA's own. */
    public boolean owns(SubjectKey key) {
        return all().stream()
                .anyMatch(c -> Der.of(c.getPublicKey().getEncoded()).equals(key.spki()));
    }

    /** The TBSCertificate of a leaf in DER: what is recorded before it is signed. */
    public Der toBeSigned(LeafContents leaf) {
        // No commonName: where there is no DNS name, the JDK takes it for one and holds it against the name
        // constraints.
        var subject = new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.OU, leaf.role().word())
                .addRDN(BCStyle.UID, leaf.name())
                .build();
        var key = SubjectPublicKeyInfo.getInstance(leaf.key().spki().bytes());
        CertificateForm form = new CertificateForm(subject, key, leaf.serial(), leaf.validity())
                .extension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                .extension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes(leaf.role())))
                .extension(Extension.subjectAlternativeName, false, GeneralNameForm.names(leaf.names()));
        if (leaf.crl() != null) {
            var place = new GeneralNames(new GeneralName(
                    GeneralName.uniformResourceIdentifier, leaf.crl().toString()));
            form.extension(Extension.cRLDistributionPoints, false, new CRLDistPoint(new DistributionPoint[] {
                new DistributionPoint(new DistributionPointName(place), null, null)
            }));
        }
        return form.toBeSigned(certificate(), signer);
    }

    private static KeyPurposeId[] purposes(Role role) {
        return role.serves()
                ? new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}
                : new KeyPurposeId[] {KeyPurposeId.id_kp_clientAuth};
    }

    /** Signs a recorded TBSCertificate, and checks the signature and that nothing else was signed. */
    public X509Certificate sign(Der toBeSigned) {
        return CertificateForm.checked(
                toBeSigned, signer.signed(toBeSigned), certificate().getPublicKey());
    }

    /** Signs a list of this issuer. */
    public RevocationList sign(RevocationListContents contents) {
        return RevocationList.signed(contents, certificate(), signer);
    }

    /** Whether the key signs at this moment. */
    public boolean signs() {
        byte[] probe = Pem.ascii("probe");
        try {
            return Signer.verifies(certificate().getPublicKey(), probe, signer.sign(probe));
        } catch (GeneralSecurityException | SignerUnavailableException e) {
            return false;
        }
    }
}
