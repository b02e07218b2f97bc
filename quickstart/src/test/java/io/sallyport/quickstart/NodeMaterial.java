package io.sallyport.quickstart;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Certificates of nodes, signed with the issuing key of a ceremony but without its PKI: also such as it never would. */
final class NodeMaterial {
    private final StateDirectory state;
    private final Path root;

    private NodeMaterial(StateDirectory state, Path root) {
        this.state = state;
        this.root = root;
    }

    /** Makes a hierarchy of its own below a directory. */
    static NodeMaterial make(Path directory) {
        try (StateDirectory state = StateDirectory.take(directory.resolve("pki"))) {
            new Hierarchy(state, InstantSource.system()).prepare();
            return new NodeMaterial(state, state.resolve("root/root.pem"));
        }
    }

    /** Uses that of a quickstart which has ended. */
    static NodeMaterial of(Path directory) {
        try (StateDirectory state = StateDirectory.take(directory)) {
            return new NodeMaterial(state, state.resolve("root/root.pem"));
        }
    }

    Path root() {
        return root;
    }

    /** Makes a key and a valid certificate for a node. */
    Credentials node(Node node) throws IOException, GeneralSecurityException {
        Credentials made = Credentials.in(Files.createDirectories(state.node(node.id())));
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        pem(made.key(), "PRIVATE KEY", List.of(pair.getPrivate().getEncoded()));
        sign(node, pair.getPublic(), Instant.now().plus(Duration.ofDays(1)));
        Files.copy(root, made.trust());
        return made;
    }

    /** Puts a new key and a certificate for it in the place of a node's: as another program would, key first. */
    void rotate(Node node) throws IOException, GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        pem(
                Credentials.in(state.node(node.id())).key(),
                "PRIVATE KEY",
                List.of(pair.getPrivate().getEncoded()));
        sign(node, pair.getPublic(), Instant.now().plus(Duration.ofDays(1)));
    }

    /** Puts a certificate that ended an hour ago in the place of a node's, with the same key. */
    void expire(Node node) throws IOException, GeneralSecurityException {
        PublicKey key = certificates(Credentials.in(state.node(node.id())).chain())
                .getFirst()
                .getPublicKey();
        sign(node, key, Instant.now().minus(Duration.ofHours(1)));
    }

    private void sign(Node node, PublicKey key, Instant notAfter) throws IOException, GeneralSecurityException {
        X509Certificate issuer =
                certificates(state.resolve("issuing/issuing.pem")).getFirst();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                issuer,
                BigInteger.valueOf(notAfter.toEpochMilli()),
                Date.from(issuer.getNotBefore().toInstant()),
                Date.from(notAfter),
                new X500Principal("UID=" + node.id() + ",OU=" + node.role().word()),
                key);
        List<GeneralName> names = new ArrayList<>();
        names.add(new GeneralName(
                GeneralName.uniformResourceIdentifier,
                "spiffe://sallyport.internal/" + node.role().word() + "/" + node.id()));
        node.dnsNames().forEach(name -> names.add(new GeneralName(GeneralName.dNSName, name)));
        node.ipAddresses().forEach(address -> names.add(new GeneralName(GeneralName.iPAddress, address)));
        JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
        try {
            builder.addExtension(
                    Extension.subjectAlternativeName, false, new GeneralNames(names.toArray(GeneralName[]::new)));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth
            }));
            builder.addExtension(
                    Extension.authorityKeyIdentifier, false, identifiers.createAuthorityKeyIdentifier(issuer));
            X509Certificate leaf = new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuingKey())));
            pem(
                    Credentials.in(state.node(node.id())).chain(),
                    "CERTIFICATE",
                    List.of(leaf.getEncoded(), issuer.getEncoded()));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }

    private PrivateKey issuingKey() throws IOException, GeneralSecurityException {
        String pem = Files.readString(state.resolve("issuing/issuing-key.pem"));
        byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
        return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
    }

    static List<X509Certificate> certificates(Path pem) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(pem)) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                    .map(X509Certificate.class::cast)
                    .toList();
        }
    }

    private static void pem(Path file, String type, List<byte[]> contents) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (byte[] der : contents) {
                out.write("-----BEGIN %s-----\n%s\n-----END %s-----\n"
                        .formatted(
                                type,
                                Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der),
                                type));
            }
        }
    }
}
