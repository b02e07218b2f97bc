package io.sallyport.identity;

import io.sallyport.identity.node.NodeState;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A root with one issuing CA for tests, which also signs what no real authority would. */
public final class TestAuthority {
    private static final AtomicLong SERIALS = new AtomicLong(0x4000_0000L);
    private static final Duration CA_LIFE = Duration.ofDays(30);

    private final Instant now;
    private final KeyPair rootKeys = keys();
    private final KeyPair issuingKeys = keys();
    private final X509Certificate root;
    private final X509Certificate issuing;

    /** A hierarchy that is valid around an instant. */
    public TestAuthority(String name, Instant now) {
        this.now = now;
        Instant from = now.minus(CA_LIFE);
        Instant to = now.plus(CA_LIFE);
        this.root =
                sign("CN=" + name + " root", rootKeys.getPublic(), "CN=" + name + " root", rootKeys, from, to, ca(1));
        this.issuing = sign(
                "CN=" + name + " issuing", issuingKeys.getPublic(), "CN=" + name + " root", rootKeys, from, to, ca(0));
    }

    /** What a leaf says. */
    public record Leaf(
            String uri,
            List<String> dnsNames,
            List<String> addresses,
            Instant notBefore,
            Instant notAfter,
            List<KeyPurposeId> usages) {
        public Leaf valid(Instant from, Instant to) {
            return new Leaf(uri, dnsNames, addresses, from, to, usages);
        }

        public Leaf usages(KeyPurposeId... ids) {
            return new Leaf(uri, dnsNames, addresses, notBefore, notAfter, List.of(ids));
        }
    }

    /** An edge of the trust domain {@code sallyport.internal}. */
    public Leaf edge(String node) {
        return leaf("spiffe://sallyport.internal/edge/" + node).usages(KeyPurposeId.id_kp_clientAuth);
    }

    /** A regional node for localhost and 127.0.0.1. */
    public Leaf regional(String node) {
        return server("spiffe://sallyport.internal/regional/" + node);
    }

    /** A server node of any name for localhost and 127.0.0.1. */
    public Leaf server(String uri) {
        return new Leaf(
                uri,
                List.of("localhost"),
                List.of("127.0.0.1"),
                now.minusSeconds(300),
                now.plus(Duration.ofDays(3)),
                List.of(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth));
    }

    /** A client node of any name. */
    public Leaf leaf(String uri) {
        return new Leaf(
                uri,
                List.of(),
                List.of(),
                now.minusSeconds(300),
                now.plus(Duration.ofDays(3)),
                List.of(KeyPurposeId.id_kp_clientAuth));
    }

    /** A new key and a certificate for it, with this authority's root as trust. */
    public Credentials issue(Leaf leaf) {
        KeyPair keys = keys();
        return new Credentials(keys.getPrivate(), certify(leaf, keys.getPublic()), List.of(root));
    }

    /** The chain for a key, leaf first. */
    public List<X509Certificate> certify(Leaf leaf, PublicKey key) {
        return List.of(
                sign(
                        "CN=" + leaf.uri().substring(leaf.uri().lastIndexOf('/') + 1),
                        key,
                        "CN=" + issuing.getSubjectX500Principal().getName().substring(3),
                        issuingKeys,
                        leaf.notBefore(),
                        leaf.notAfter(),
                        names(leaf)),
                issuing);
    }

    /** A certificate that signs itself. */
    public static Credentials selfSigned(Leaf leaf) {
        KeyPair keys = keys();
        X509Certificate certificate =
                sign("CN=self", keys.getPublic(), "CN=self", keys, leaf.notBefore(), leaf.notAfter(), names(leaf));
        return new Credentials(keys.getPrivate(), List.of(certificate), List.of(certificate));
    }

    /** Writes key.pem, chain.pem and trust.pem into a new directory. */
    public static Path write(Credentials credentials, Path directory) {
        NodeState state = new NodeState(directory);
        state.prepare();
        state.store(credentials);
        return directory;
    }

    public X509Certificate root() {
        return root;
    }

    public X509Certificate issuing() {
        return issuing;
    }

    /** The issuing CA's revocation list in DER. */
    public byte[] revocationList(long number, Instant nextUpdate, X509Certificate... revoked) {
        return revocationList(issuing, issuingKeys.getPrivate(), number, nextUpdate, List.of(revoked));
    }

    /** A list with as many entries, of the serial numbers from one on. */
    public byte[] longRevocationList(long number, Instant nextUpdate, int entries) {
        try {
            JcaX509v2CRLBuilder builder =
                    new JcaX509v2CRLBuilder(issuing.getSubjectX500Principal(), Date.from(now.minusSeconds(60)));
            builder.setNextUpdate(Date.from(nextUpdate));
            builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(number)));
            for (int serial = 1; serial <= entries; serial++) {
                builder.addCRLEntry(serialNumber(serial), Date.from(now.minusSeconds(60)), CRLReason.keyCompromise);
            }
            return builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuingKeys.getPrivate()))
                    .getEncoded();
        } catch (OperatorCreationException | java.io.IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A serial number of 20 octets, as spread as a real one. */
    public static BigInteger serialNumber(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] octets = new byte[20];
        random.nextBytes(octets);
        octets[0] = (byte) (0x40 | (octets[0] & 0x3f));
        return new BigInteger(1, octets);
    }

    private byte[] revocationList(
            X509Certificate issuer, PrivateKey key, long number, Instant nextUpdate, List<X509Certificate> revoked) {
        try {
            JcaX509v2CRLBuilder builder =
                    new JcaX509v2CRLBuilder(issuer.getSubjectX500Principal(), Date.from(now.minusSeconds(60)));
            builder.setNextUpdate(Date.from(nextUpdate));
            builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(number)));
            for (X509Certificate certificate : revoked) {
                builder.addCRLEntry(
                        certificate.getSerialNumber(), Date.from(now.minusSeconds(60)), CRLReason.keyCompromise);
            }
            return builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key))
                    .getEncoded();
        } catch (OperatorCreationException | java.io.IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private interface Extensions {
        void addTo(JcaX509v3CertificateBuilder builder) throws CertIOException;
    }

    private static Extensions ca(int pathLength) {
        return builder -> {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(pathLength));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        };
    }

    private static Extensions names(Leaf leaf) {
        return builder -> {
            List<GeneralName> names = new ArrayList<>();
            leaf.dnsNames().forEach(name -> names.add(new GeneralName(GeneralName.dNSName, name)));
            leaf.addresses().forEach(name -> names.add(new GeneralName(GeneralName.iPAddress, name)));
            names.add(new GeneralName(GeneralName.uniformResourceIdentifier, leaf.uri()));
            builder.addExtension(
                    Extension.subjectAlternativeName, false, new GeneralNames(names.toArray(GeneralName[]::new)));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(
                    Extension.extendedKeyUsage,
                    false,
                    new ExtendedKeyUsage(leaf.usages().toArray(KeyPurposeId[]::new)));
        };
    }

    private static X509Certificate sign(
            String subject,
            PublicKey key,
            String issuer,
            KeyPair issuerKeys,
            Instant notBefore,
            Instant notAfter,
            Extensions extensions) {
        try {
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    new X500Principal(issuer),
                    BigInteger.valueOf(SERIALS.incrementAndGet()),
                    Date.from(notBefore),
                    Date.from(notAfter),
                    new X500Principal(subject),
                    key);
            JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(key));
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    identifiers.createAuthorityKeyIdentifier(issuerKeys.getPublic()));
            extensions.addTo(builder);
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(
                            new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKeys.getPrivate())));
        } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
