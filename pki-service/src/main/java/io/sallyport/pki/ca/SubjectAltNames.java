package io.sallyport.pki.ca;

import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The names in a subjectAltName extension (RFC 5280, section 4.2.1.6).
 *
 * @param dnsNames lower-case host names without wildcards
 * @param ipAddresses literals as {@link InetAddress#getHostAddress()} writes them
 * @param uris absolute URIs
 */
public record SubjectAltNames(List<String> dnsNames, List<String> ipAddresses, List<URI> uris) {
    /** No names at all. */
    public static final SubjectAltNames NONE = new SubjectAltNames(List.of(), List.of(), List.of());

    private static final Pattern DNS_NAME =
            Pattern.compile("(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*");
    private static final Pattern IP_LITERAL =
            Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    public SubjectAltNames {
        dnsNames = dnsNames.stream().map(SubjectAltNames::dnsName).distinct().toList();
        ipAddresses =
                ipAddresses.stream().map(SubjectAltNames::ipAddress).distinct().toList();
        uris = List.copyOf(uris);
    }

    /** The given texts, each taken for an address where it is a literal and for a DNS name else. */
    public static SubjectAltNames ofHosts(List<String> hosts) {
        List<String> dns = new ArrayList<>();
        List<String> ip = new ArrayList<>();
        hosts.forEach(host -> (IP_LITERAL.matcher(host).matches() ? ip : dns).add(host));
        return new SubjectAltNames(dns, ip, List.of());
    }

    /** These names and one URI more. */
    public SubjectAltNames with(URI uri) {
        List<URI> more = new ArrayList<>(uris);
        more.add(uri);
        return new SubjectAltNames(dnsNames, ipAddresses, more);
    }

    /** Whether there is no name. */
    public boolean isEmpty() {
        return dnsNames.isEmpty() && ipAddresses.isEmpty() && uris.isEmpty();
    }

    /** The number of names. */
    public int size() {
        return dnsNames.size() + ipAddresses.size() + uris.size();
    }

    /** All names as {@code DNS:…}, {@code IP:…} and {@code URI:…}. */
    public List<String> labels() {
        List<String> labels = new ArrayList<>();
        dnsNames.forEach(name -> labels.add("DNS:" + name));
        ipAddresses.forEach(address -> labels.add("IP:" + address));
        uris.forEach(uri -> labels.add("URI:" + uri));
        return List.copyOf(labels);
    }

    private static String dnsName(String text) {
        String name = text.toLowerCase(Locale.ROOT);
        if (!DNS_NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not a host name (letters, digits, hyphens, no wildcard): " + text);
        }
        return name;
    }

    private static String ipAddress(String text) {
        if (!IP_LITERAL.matcher(text).matches()) {
            throw new IllegalArgumentException("not an IP address: " + text);
        }
        try {
            return InetAddress.ofLiteral(text).getHostAddress();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not an IP address: " + text, e);
        }
    }
}
