package io.sallyport.pki;

import io.sallyport.pki.ca.NewKey;
import io.sallyport.pki.ca.Pem;
import java.io.IOException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** A key pair and a certification request for it. */
public record Csr(KeyPair pair, String pem) {
    /** A request for a new P-256 key. */
    public static Csr of(String subject, String... names) {
        return of(NewKey.p256(new SecureRandom()), subject, names);
    }

    /** A request for a key; a name with a colon or digits only is an address, one with "://" a URI. */
    public static Csr of(KeyPair pair, String subject, String... names) {
        try {
            var builder = new JcaPKCS10CertificationRequestBuilder(new X500Name(subject), pair.getPublic());
            if (names.length > 0) {
                List<GeneralName> list = new ArrayList<>();
                for (String name : names) {
                    int tag = name.contains("://")
                            ? GeneralName.uniformResourceIdentifier
                            : name.matches("[0-9.]+|.*:.*") ? GeneralName.iPAddress : GeneralName.dNSName;
                    list.add(new GeneralName(tag, name));
                }
                ExtensionsGenerator extensions = new ExtensionsGenerator();
                extensions.addExtension(
                        Extension.subjectAlternativeName, false, new GeneralNames(list.toArray(GeneralName[]::new)));
                builder.addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate());
            }
            String algorithm = pair.getPublic().getAlgorithm().equals("EC")
                    ? "SHA256withECDSA"
                    : pair.getPublic().getAlgorithm().equals("RSA") ? "SHA256withRSA" : "Ed25519";
            byte[] der = builder.build(new JcaContentSignerBuilder(algorithm).build(pair.getPrivate()))
                    .getEncoded();
            return new Csr(pair, Pem.encode("CERTIFICATE REQUEST", der));
        } catch (OperatorCreationException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The request in DER. */
    public byte[] der() {
        return Pem.blocks(pem).getFirst().der().bytes();
    }
}
