package io.sallyport.identity;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.net.URI;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who a node is by its certificate: the URI subjectAltName {@code spiffe://<trust domain>/<role>/<node>}.
 *
 * @param trustDomain the trust domain, lower case
 * @param role the role
 * @param node the node's name within its role
 */
public record PeerIdentity(String trustDomain, Role role, String node) {
    private static final AttributeKey<PeerIdentity> ATTRIBUTE = AttributeKey.valueOf(PeerIdentity.class, "peer");
    private static final Pattern NODE = Pattern.compile("[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?");
    private static final int URI_NAME = 6;

    public PeerIdentity {
        if (!isNodeName(node)) {
            throw new IllegalArgumentException(
                    "node must be 1 to 63 of a-z, 0-9, '.', '_', '-', beginning and ending with a letter or digit: "
                            + node);
        }
    }

    /** Whether the text can name a node. */
    public static boolean isNodeName(String node) {
        return NODE.matcher(node).matches();
    }

    /** The identity as a URI subjectAltName. */
    public URI uri() {
        return URI.create("spiffe://" + trustDomain + "/" + role.segment() + "/" + node);
    }

    /** The identity that a certificate states; empty unless it has exactly one URI name and that one is well-formed. */
    public static Optional<PeerIdentity> of(X509Certificate certificate) {
        List<String> uris = names(certificate, URI_NAME);
        return uris.size() == 1 ? parse(uris.getFirst()) : Optional.empty();
    }

    /** The identity of the peer at the other end of a connection, of an HTTP/2 stream's connection as well. */
    public static Optional<PeerIdentity> of(Channel channel) {
        if (channel.hasAttr(ATTRIBUTE)) {
            return Optional.ofNullable(channel.attr(ATTRIBUTE).get());
        }
        Channel parent = channel.parent();
        return parent != null && parent.hasAttr(ATTRIBUTE)
                ? Optional.ofNullable(parent.attr(ATTRIBUTE).get())
                : Optional.empty();
    }

    /** Notes the identity on a connection whose handshake has ended well. */
    public void attachTo(Channel channel) {
        channel.attr(ATTRIBUTE).set(this);
    }

    static Optional<PeerIdentity> parse(String uri) {
        String[] parts = uri.split("/", -1);
        if (parts.length != 5 || !parts[0].equals("spiffe:") || !parts[1].isEmpty() || !isNodeName(parts[4])) {
            return Optional.empty();
        }
        return Role.ofSegment(parts[3]).map(role -> new PeerIdentity(parts[2], role, parts[4]));
    }

    /** The subjectAltNames of one kind (RFC 5280, section 4.2.1.6); none when the extension cannot be parsed. */
    public static List<String> names(X509Certificate certificate, int kind) {
        try {
            @Nullable Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            return all == null
                    ? List.of()
                    : all.stream()
                            .filter(name -> Integer.valueOf(kind).equals(name.get(0)))
                            .map(name -> String.valueOf(name.get(1)))
                            .toList();
        } catch (CertificateParsingException e) {
            return List.of();
        }
    }
}
