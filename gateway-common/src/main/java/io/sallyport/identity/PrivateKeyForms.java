package io.sallyport.identity;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;

/** Wraps the older encodings of private keys, as openssl and cert-manager write them, into PKCS #8 (RFC 5208). */
final class PrivateKeyForms {
    private static final byte[] VERSION_0 = HexFormat.of().parseHex("020100");
    private static final byte[] RSA = HexFormat.of().parseHex("300d06092a864886f70d0101010500");
    private static final byte[] EC = HexFormat.of().parseHex("06072a8648ce3d0201");
    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    private static final int OBJECT_IDENTIFIER = 0x06;
    private static final int PARAMETERS = 0xa0;
    private static final int LONG_LENGTH = 0x80;

    private PrivateKeyForms() {}

    /** An RSAPrivateKey (RFC 8017, appendix A.1.2) as PKCS #8. */
    static byte[] pkcs8OfRsa(byte[] key) {
        return element(SEQUENCE, join(VERSION_0, RSA, element(OCTET_STRING, key)));
    }

    /**
     * An ECPrivateKey (RFC 5915, section 3) as PKCS #8.
     *
     * @throws IdentityException if the key does not name its curve
     */
    static byte[] pkcs8OfEc(byte[] key, String origin) {
        byte[] algorithm = element(SEQUENCE, join(EC, curve(key, origin)));
        return element(SEQUENCE, join(VERSION_0, algorithm, element(OCTET_STRING, key)));
    }

    /* version INTEGER (3 octets), privateKey OCTET STRING, then the parameters [0] with a named curve's identifier. */
    private static byte[] curve(byte[] key, String origin) {
        try {
            int at = key[1] < 0 ? 2 + (key[1] & 0x7f) : 2;
            at += 3;
            at += 2 + key[at + 1];
            if ((key[at] & 0xff) == PARAMETERS && key[at + 2] == OBJECT_IDENTIFIER) {
                return Arrays.copyOfRange(key, at + 2, at + 4 + key[at + 3]);
            }
        } catch (ArrayIndexOutOfBoundsException e) {
            throw new IdentityException(origin + " must hold a whole EC private key: it does not", e);
        }
        throw new IdentityException(origin + " must hold an EC private key that names its curve: it does not");
    }

    private static byte[] element(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 6);
        out.write(tag);
        if (content.length < LONG_LENGTH) {
            out.write(content.length);
        } else {
            int octets = (Integer.SIZE - Integer.numberOfLeadingZeros(content.length) + 7) / Byte.SIZE;
            out.write(LONG_LENGTH | octets);
            for (int shift = (octets - 1) * Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
                out.write(content.length >>> shift);
            }
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
