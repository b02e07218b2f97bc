package io.sallyport.pki.csr;

import io.sallyport.pki.ca.Der;
import io.sallyport.pki.ca.Pem;
import io.sallyport.pki.ca.SubjectKey;
import io.sallyport.pki.policy.Refusal.Cause;
import io.sallyport.pki.policy.RefusedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.pkcs.CertificationRequestInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * Reads certification requests: at most 16 KiB, exactly one object, a key of an allowed kind, and a signature by that
 * key. What is malformed, weak or unproved is refused.
 */
public final class CertificationRequestReader {
    /** The largest request in octets, whatever its form. */
    public static final int MAX_OCTETS = 16 * 1024;

    private static final Set<String> LABELS = Set.of("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST");
    private static final Map<ASN1ObjectIdentifier, String> SIGNATURES = Map.of(
            X9ObjectIdentifiers.ecdsa_with_SHA256, "SHA256withECDSA",
            X9ObjectIdentifiers.ecdsa_with_SHA384, "SHA384withECDSA",
            X9ObjectIdentifiers.ecdsa_with_SHA512, "SHA512withECDSA",
            PKCSObjectIdentifiers.sha256WithRSAEncryption, "SHA256withRSA",
            PKCSObjectIdentifiers.sha384WithRSAEncryption, "SHA384withRSA",
            PKCSObjectIdentifiers.sha512WithRSAEncryption, "SHA512withRSA");

    private CertificationRequestReader() {}

    /** Reads PEM. */
    public static CertificationRequest readPem(byte[] text) {
        bounded(text.length);
        List<Pem.Block> blocks;
        try {
            blocks = Pem.blocks(new String(text, StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException e) {
            throw unreadable("the PEM text is not base64");
        }
        if (blocks.size() != 1 || !LABELS.contains(blocks.getFirst().label())) {
            throw unreadable("the PEM text must hold one CERTIFICATE REQUEST and nothing else");
        }
        return readDer(blocks.getFirst().der().bytes());
    }

    /** Reads DER. */
    public static CertificationRequest readDer(byte[] octets) {
        bounded(octets.length);
        try {
            ASN1Primitive object = ASN1Primitive.fromByteArray(octets);
            var request = org.bouncycastle.asn1.pkcs.CertificationRequest.getInstance(object);
            CertificationRequestInfo info = request.getCertificationRequestInfo();
            SubjectKey key = KeyReader.read(info.getSubjectPublicKeyInfo());
            verify(request, info, key);
            return new CertificationRequest(Der.of(octets), RequestedReader.read(info, key));
        } catch (RefusedException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw unreadable("this is not a PKCS#10 certification request");
        }
    }

    private static void verify(
            org.bouncycastle.asn1.pkcs.CertificationRequest request, CertificationRequestInfo info, SubjectKey key)
            throws IOException {
        ASN1ObjectIdentifier id = request.getSignatureAlgorithm().getAlgorithm();
        String algorithm = SIGNATURES.get(id);
        if (algorithm == null) {
            throw new RefusedException(
                    Cause.CSR_SIGNATURE_INVALID, "the signature algorithm " + id + " is not accepted; use SHA-256");
        }
        boolean verified;
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initVerify(key.publicKey());
            signature.update(info.getEncoded(ASN1Encoding.DER));
            verified = signature.verify(request.getSignature().getBytes());
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            verified = false;
        }
        if (!verified) {
            throw new RefusedException(
                    Cause.CSR_SIGNATURE_INVALID, "the request is not signed by the key that it asks to certify");
        }
    }

    private static void bounded(int length) {
        if (length > MAX_OCTETS) {
            throw new RefusedException(
                    Cause.REQUEST_TOO_LARGE, "a certification request has at most " + MAX_OCTETS + " octets");
        }
    }

    private static RefusedException unreadable(String detail) {
        return new RefusedException(Cause.REQUEST_UNREADABLE, detail);
    }
}
