package io.sallyport.pki.ca;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;

/** A CA's key at work: it signs certificates and lists with the hash that fits the key. Safe for many threads. */
public final class Signer {
    private static final int P256_BITS = 256;

    private final PrivateKey key;
    private final String algorithm;

    /** A signer; keys other than EC and RSA are refused. */
    public Signer(PrivateKey key, PublicKey publicKey) {
        this.key = key;
        this.algorithm = algorithmOf(publicKey);
    }

    String algorithm() {
        return algorithm;
    }

    AlgorithmIdentifier identifier() {
        return new DefaultSignatureAlgorithmIdentifierFinder().find(algorithm);
    }

    /** The signature of some octets. */
    public byte[] sign(byte[] octets) {
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(octets);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new SignerUnavailableException("the key did not sign: " + e.getMessage(), e);
        }
    }

    /** SEQUENCE { toBeSigned, algorithm, signature }: a certificate or a list out of exactly the given octets. */
    Der signed(Der toBeSigned) {
        try {
            byte[] octets = toBeSigned.bytes();
            ASN1EncodableVector parts = new ASN1EncodableVector();
            parts.add(ASN1Primitive.fromByteArray(octets));
            parts.add(identifier());
            parts.add(new DERBitString(sign(octets)));
            return Der.of(new DERSequence(parts).getEncoded(ASN1Encoding.DER));
        } catch (IOException e) {
            throw new IllegalArgumentException("what is to be signed is not DER", e);
        }
    }

    static boolean verifies(PublicKey publicKey, byte[] octets, byte[] signed) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(algorithmOf(publicKey));
        try {
            signature.initVerify(publicKey);
        } catch (InvalidKeyException e) {
            return false;
        }
        signature.update(octets);
        return signature.verify(signed);
    }

    private static String algorithmOf(PublicKey key) {
        return switch (key) {
            case ECPublicKey ec
            when ec.getParams().getCurve().getField().getFieldSize() > P256_BITS -> "SHA384withECDSA";
            case ECPublicKey _ -> "SHA256withECDSA";
            default -> {
                if (key.getAlgorithm().equals("RSA")) {
                    yield "SHA256withRSA";
                }
                throw new IllegalArgumentException("a CA's key must be EC or RSA, not " + key.getAlgorithm());
            }
        };
    }
}
