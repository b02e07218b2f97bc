package io.sallyport.identity.node;

import io.sallyport.identity.Pem;
import java.io.IOException;
import java.security.KeyPair;
import java.security.PrivateKey;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/**
 * A PKCS #10 certification request (RFC 2986) in PEM.
 *
 * <p>It asks for no names: which ones a node owns is for the PKI to know, from the token or the former certificate.
 *
 * @param pem the request
 */
record CertificationRequest(String pem) {
    /** A request together with the private key that it is for. */
    record Keyed(PrivateKey key, CertificationRequest request) {
        static Keyed of(KeyPair keys, String node) {
            return new Keyed(keys.getPrivate(), CertificationRequest.of(keys, node));
        }
    }

    static CertificationRequest of(KeyPair keys, String node) {
        try {
            ContentSigner signer = new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate());
            byte[] der = new JcaPKCS10CertificationRequestBuilder(new X500Principal("CN=" + node), keys.getPublic())
                    .build(signer)
                    .getEncoded();
            return new CertificationRequest(Pem.encode("CERTIFICATE REQUEST", der));
        } catch (OperatorCreationException | IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
