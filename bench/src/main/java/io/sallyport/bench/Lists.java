package io.sallyport.bench;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.SplittableRandom;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Revocation lists and serial numbers as a PKI makes them. */
final class Lists {
    private static final int SERIAL_OCTETS = 20;
    private static final String SIGNATURE = "SHA256withECDSA";

    private Lists() {}

    /** A serial number of 20 octets, as spread as a real one; the same for the same number. */
    static BigInteger serialNumber(int number) {
        byte[] octets = new byte[SERIAL_OCTETS];
        new SplittableRandom(number).nextBytes(octets);
        octets[0] = (byte) (0x40 | (octets[0] & 0x3f));
        return new BigInteger(1, octets);
    }

    /** Who signs lists. */
    record Issuer(X509Certificate certificate, KeyPair keys) {
        /** A list of the serial numbers from 0 on, in DER. */
        byte[] list(long number, int entries) throws Exception {
            Date now = Date.from(Instant.now());
            JcaX509v2CRLBuilder builder = new JcaX509v2CRLBuilder(certificate.getSubjectX500Principal(), now);
            builder.setNextUpdate(Date.from(Instant.now().plus(Duration.ofDays(1))));
            builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(number)));
            for (int entry = 0; entry < entries; entry++) {
                builder.addCRLEntry(serialNumber(entry), now, CRLReason.keyCompromise);
            }
            return builder.build(new JcaContentSignerBuilder(SIGNATURE).build(keys.getPrivate()))
                    .getEncoded();
        }
    }

    /** A new issuer. */
    static Issuer issuer() throws Exception {
        KeyPair keys = KeyPairGenerator.getInstance("EC").generateKeyPair();
        X500Principal name = new X500Principal("CN=Bench");
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                name,
                BigInteger.ONE,
                Date.from(now.minus(Duration.ofHours(1))),
                Date.from(now.plus(Duration.ofDays(1))),
                name,
                keys.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
        return new Issuer(
                new JcaX509CertificateConverter()
                        .getCertificate(builder.build(new JcaContentSignerBuilder(SIGNATURE).build(keys.getPrivate()))),
                keys);
    }
}
