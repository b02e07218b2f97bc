package io.sallyport.pki.csr;

import io.sallyport.pki.ca.Der;
import io.sallyport.pki.ca.SubjectKey;
import io.sallyport.pki.policy.Refusal.Cause;
import io.sallyport.pki.policy.RefusedException;
import java.io.IOException;
import java.math.BigInteger;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.ec.CustomNamedCurves;

/** Reads a subject's public key and refuses, before any arithmetic, all but the allowed kinds. */
final class KeyReader {
    private static final int RSA_MIN_BITS = 3072;
    private static final int RSA_MAX_BITS = 4096;
    private static final BigInteger RSA_EXPONENT = BigInteger.valueOf(65537);
    private static final byte UNCOMPRESSED = 0x04;

    private KeyReader() {}

    static SubjectKey read(SubjectPublicKeyInfo info) throws IOException {
        ASN1ObjectIdentifier algorithm = info.getAlgorithm().getAlgorithm();
        SubjectKey.Type type;
        if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            type = curve(info);
        } else if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            type = rsa(info);
        } else {
            throw weak("keys of the algorithm " + algorithm + " are not certified; use an EC key on P-256 or P-384");
        }
        return new SubjectKey(Der.of(info.getEncoded(ASN1Encoding.DER)), type);
    }

    private static SubjectKey.Type curve(SubjectPublicKeyInfo info) {
        if (!(info.getAlgorithm().getParameters() instanceof ASN1ObjectIdentifier curve)) {
            throw weak("an EC key must name its curve");
        }
        SubjectKey.Type type;
        if (curve.equals(SECObjectIdentifiers.secp256r1)) {
            type = SubjectKey.Type.P256;
        } else if (curve.equals(SECObjectIdentifiers.secp384r1)) {
            type = SubjectKey.Type.P384;
        } else {
            throw weak("the curve " + curve + " is not certified; use P-256 or P-384");
        }
        byte[] point = info.getPublicKeyData().getBytes();
        if (point.length == 0 || point[0] != UNCOMPRESSED) {
            throw weak("an EC key must be an uncompressed point");
        }
        try {
            CustomNamedCurves.getByOID(curve).getCurve().decodePoint(point);
        } catch (IllegalArgumentException e) {
            throw weak("the EC key is no point of its curve");
        }
        return type;
    }

    private static SubjectKey.Type rsa(SubjectPublicKeyInfo info) throws IOException {
        RSAPublicKey key = RSAPublicKey.getInstance(info.parsePublicKey());
        int bits = key.getModulus().bitLength();
        if (bits < RSA_MIN_BITS || bits > RSA_MAX_BITS) {
            throw weak("an RSA key must have " + RSA_MIN_BITS + " to " + RSA_MAX_BITS + " bits, not " + bits);
        }
        if (!key.getPublicExponent().equals(RSA_EXPONENT)) {
            throw weak("an RSA key must have the exponent 65537");
        }
        return SubjectKey.Type.RSA;
    }

    private static RefusedException weak(String detail) {
        return new RefusedException(Cause.WEAK_KEY, detail);
    }
}
