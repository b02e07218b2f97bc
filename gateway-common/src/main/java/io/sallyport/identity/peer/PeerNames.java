package io.sallyport.identity.peer;

import io.netty.util.NetUtil;
import io.sallyport.identity.PeerIdentity;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The host names and addresses that a node's certificate holds; there are no wildcards among nodes. */
final class PeerNames {
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    private PeerNames() {}

    /** Whether the certificate holds the host, a DNS name or the text of an IP address, as a subjectAltName. */
    static boolean covers(X509Certificate certificate, String host) {
        String name = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        byte[] address = NetUtil.createByteArrayFromIpAddressString(name);
        if (address != null) {
            return PeerIdentity.names(certificate, IP_ADDRESS).stream()
                    .map(NetUtil::createByteArrayFromIpAddressString)
                    .anyMatch(known -> Arrays.equals(known, address));
        }
        String wanted = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        return !wanted.isEmpty()
                && PeerIdentity.names(certificate, DNS_NAME).stream()
                        .anyMatch(known -> known.toLowerCase(Locale.ROOT).equals(wanted.toLowerCase(Locale.ROOT)));
    }

    static List<String> of(X509Certificate certificate) {
        return Stream.concat(
                        PeerIdentity.names(certificate, DNS_NAME).stream(),
                        PeerIdentity.names(certificate, IP_ADDRESS).stream())
                .toList();
    }
}
