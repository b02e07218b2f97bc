package io.sallyport.identity.revocation;

import io.sallyport.identity.IdentityException;
import java.io.IOException;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.PSSParameterSpec;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A revocation list (RFC 5280, section 5.1) whose signer is not known yet, in DER as it came.
 *
 * <p>The JDK's own reader makes several objects of each entry and keeps two maps of them, about 150 MB of garbage for a
 * list of 100,000: on a busy machine that is a pause of all event loops. This one keeps the serial numbers, without an
 * object for each.
 */
public final class RevocationListReader {
    private static final int EXTENSIONS = 0xa0;
    private static final String RSASSA_PSS = "1.2.840.113549.1.1.10";
    private static final byte[] FALSE = {0};
    private static final byte[] CRL_NUMBER = {0x55, 0x1d, 0x14};
    private static final byte[] AUTHORITY_KEY_IDENTIFIER = {0x55, 0x1d, 0x23};
    private static final byte[] ISSUING_DISTRIBUTION_POINT = {0x55, 0x1d, 0x1c};
    private static final byte[] DELTA_CRL_INDICATOR = {0x55, 0x1d, 0x1b};
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuuMMddHHmmss'Z'", Locale.ROOT);

    private final byte[] signedPart;
    private final byte[] algorithm;
    private final byte[] signature;

    private RevocationListReader(byte[] signedPart, byte[] algorithm, byte[] signature) {
        this.signedPart = signedPart;
        this.algorithm = algorithm;
        this.signature = signature;
    }

    /**
     * Takes a list apart.
     *
     * @throws IdentityException if it is none
     */
    public static RevocationListReader of(byte[] der) {
        try {
            DerReader outer = DerReader.of(der);
            DerReader list = outer.next(DerReader.SEQUENCE);
            byte[] signedPart = list.element(DerReader.SEQUENCE);
            byte[] algorithm = list.element(DerReader.SEQUENCE);
            byte[] bits = list.next(DerReader.BIT_STRING).octets();
            if (outer.hasNext() || list.hasNext() || bits.length < 2 || bits[0] != 0) {
                throw new IdentityException("a signature of whole octets must be its end");
            }
            return new RevocationListReader(signedPart, algorithm, Arrays.copyOfRange(bits, 1, bits.length));
        } catch (IdentityException e) {
            throw new IdentityException("revocation list must be DER: " + der.length + " bytes that are not", e);
        }
    }

    /** Whether it was signed with the certificate's key. */
    public boolean isSignedBy(X509Certificate issuer) {
        return isSignedBy(issuer.getPublicKey());
    }

    private boolean isSignedBy(PublicKey key) {
        try {
            DerReader identifier = DerReader.of(algorithm).next(DerReader.SEQUENCE);
            String name = oid(identifier.next(DerReader.OBJECT_IDENTIFIER).octets());
            Signature verifying = Signature.getInstance(name.equals(RSASSA_PSS) ? "RSASSA-PSS" : name);
            if (name.equals(RSASSA_PSS)) {
                AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
                parameters.init(identifier.element(DerReader.SEQUENCE));
                verifying.setParameter(parameters.getParameterSpec(PSSParameterSpec.class));
            }
            verifying.initVerify(key);
            verifying.update(signedPart);
            return verifying.verify(signature);
        } catch (GeneralSecurityException | IOException | IdentityException e) {
            return false;
        }
    }

    /**
     * The list as its issuer's.
     *
     * @throws IdentityException if it is signed by another, has no number or nextUpdate, or is a partial one
     */
    public RevocationList listOf(X509Certificate issuer) {
        if (!isSignedBy(issuer)) {
            throw new IdentityException("revocation list must be signed by "
                    + issuer.getSubjectX500Principal().getName() + ": it is not");
        }
        DerReader fields = DerReader.of(signedPart).next(DerReader.SEQUENCE);
        if (fields.isNext(DerReader.INTEGER)) {
            fields.skip(DerReader.INTEGER);
        }
        if (!Arrays.equals(fields.element(DerReader.SEQUENCE), algorithm)) {
            throw new IdentityException("revocation list must name one algorithm: it names two");
        }
        fields.skip(DerReader.SEQUENCE);
        Instant thisUpdate = time(fields)
                .orElseThrow(() -> new IdentityException("revocation list must have thisUpdate: it has none"));
        Instant nextUpdate = time(fields)
                .orElseThrow(() -> new IdentityException("revocation list must have nextUpdate: it has none"));
        SerialNumbers.Builder serials = new SerialNumbers.Builder();
        if (fields.isNext(DerReader.SEQUENCE)) {
            DerReader entries = fields.next(DerReader.SEQUENCE);
            while (entries.hasNext()) {
                serials.add(
                        entries.next(DerReader.SEQUENCE).next(DerReader.INTEGER).someOctets());
            }
        }
        return new RevocationList(issuer.getPublicKey(), number(fields), thisUpdate, nextUpdate, serials.build());
    }

    private static Optional<Instant> time(DerReader fields) {
        String text;
        if (fields.isNext(DerReader.UTC_TIME)) {
            // RFC 5280, section 4.1.2.5.1: 50 to 99 are of the last century.
            String digits = fields.next(DerReader.UTC_TIME).text();
            text = (digits.compareTo("50") < 0 ? "20" : "19") + digits;
        } else if (fields.isNext(DerReader.GENERALIZED_TIME)) {
            text = fields.next(DerReader.GENERALIZED_TIME).text();
        } else {
            return Optional.empty();
        }
        try {
            return Optional.of(LocalDateTime.parse(text, TIME).toInstant(ZoneOffset.UTC));
        } catch (DateTimeException e) {
            throw new IdentityException("revocation list must have times such as 20261125120000Z: it has " + text, e);
        }
    }

    private static BigInteger number(DerReader fields) {
        @Nullable BigInteger number = null;
        DerReader extensions = fields.isNext(EXTENSIONS)
                ? fields.next(EXTENSIONS).next(DerReader.SEQUENCE)
                : DerReader.of(new byte[0]);
        while (extensions.hasNext()) {
            DerReader extension = extensions.next(DerReader.SEQUENCE);
            byte[] id = extension.next(DerReader.OBJECT_IDENTIFIER).octets();
            boolean critical = extension.isNext(DerReader.BOOLEAN)
                    && !Arrays.equals(extension.next(DerReader.BOOLEAN).octets(), FALSE);
            DerReader value = extension.next(DerReader.OCTET_STRING);
            if (Arrays.equals(id, CRL_NUMBER)) {
                number = value.next(DerReader.INTEGER).integer();
            } else if (isPartial(id) || (critical && !Arrays.equals(id, AUTHORITY_KEY_IDENTIFIER))) {
                throw new IdentityException("revocation list must cover all certificates of its issuer: it is partial");
            }
        }
        return needed(number);
    }

    private static boolean isPartial(byte[] id) {
        return Arrays.equals(id, ISSUING_DISTRIBUTION_POINT) || Arrays.equals(id, DELTA_CRL_INDICATOR);
    }

    private static BigInteger needed(@Nullable BigInteger number) {
        if (number == null || number.signum() < 0) {
            throw new IdentityException("revocation list must have a CRL number: it has none");
        }
        return number;
    }

    private static String oid(byte[] octets) {
        StringBuilder text = new StringBuilder();
        long arc = 0;
        for (byte octet : octets) {
            arc = (arc << 7) | (octet & 0x7f);
            if (octet >= 0) {
                if (text.isEmpty()) {
                    long first = Math.min(arc / 40, 2);
                    text.append(first).append('.').append(arc - first * 40);
                } else {
                    text.append('.').append(arc);
                }
                arc = 0;
            }
        }
        return text.toString();
    }
}
