package io.sallyport.identity.node;

import io.sallyport.identity.Credentials;
import io.sallyport.identity.IdentityException;
import io.sallyport.identity.Pem;
import io.sallyport.identity.revocation.RevocationList;
import io.sallyport.identity.revocation.RevocationListReader;
import io.sallyport.identity.revocation.RevocationSnapshot;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertPathValidatorException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Brings the issuers' revocation lists up to date; confined to one thread. */
final class RevocationPoll {
    private final NodeState state;
    private final Map<String, String> entityTags = new HashMap<>();
    private final Map<String, Long> numbers = new HashMap<>();
    private final List<X509Certificate> fetchedIssuers = new ArrayList<>();

    /** Stores what it gets in the node's directory, so that a restart during an outage has lists too. */
    RevocationPoll(NodeState state) {
        this.state = state;
    }

    /**
     * Asks for every issuer's list and answers the snapshot with what is new; empty when nothing is.
     *
     * @throws IdentityException if the PKI cannot be reached or a list is not acceptable
     */
    Optional<RevocationSnapshot> poll(PkiClient client, Credentials current, RevocationSnapshot former, Instant now) {
        RevocationSnapshot snapshot = former;
        boolean news = false;
        List<String> ofIssuers = client.revocationLists();
        List<String> paths = new ArrayList<>(ofIssuers);
        current.roots().forEach(root -> paths.add("/api/v1/pki/roots/" + Enrolment.sha256(root) + ".crl"));
        numbers.keySet().retainAll(ofIssuers.stream().map(RevocationPoll::id).toList());
        for (String path : paths) {
            boolean root = !ofIssuers.contains(path);
            Optional<HttpResponse<byte[]>> fetched =
                    root ? client.fetchIfPresent(path, entityTags.get(path)) : client.fetch(path, entityTags.get(path));
            if (fetched.isPresent()) {
                news = true;
                byte[] der = fetched.get().body();
                RevocationListReader read = RevocationListReader.of(der);
                RevocationList list = read.listOf(issuerOf(read, path, client, current, now));
                snapshot = snapshot.with(list);
                state.store(list.issuerKey(), der);
                if (!root) {
                    numbers.put(id(path), list.number().longValue());
                }
                fetched.get().headers().firstValue("etag").ifPresent(tag -> entityTags.put(path, tag));
            }
        }
        return news ? Optional.of(snapshot) : Optional.empty();
    }

    /** The numbers of the lists in use, by the issuer's id at the PKI. */
    Map<String, Long> numbers() {
        return Map.copyOf(numbers);
    }

    private static String id(String path) {
        return path.substring(path.lastIndexOf('/') + 1).replaceFirst("\\.crl$", "");
    }

    private X509Certificate issuerOf(
            RevocationListReader list, String path, PkiClient client, Credentials current, Instant now) {
        List<X509Certificate> known = new ArrayList<>(current.issuers());
        known.addAll(fetchedIssuers);
        for (X509Certificate issuer : known) {
            if (list.isSignedBy(issuer)) {
                return issuer;
            }
        }
        return fetchIssuer(path, client, current, now);
    }

    /* An issuer that signed none of ours: it counts only if it leads to our root. */
    private X509Certificate fetchIssuer(String path, PkiClient client, Credentials current, Instant now) {
        String certificatePath = path.replaceFirst("\\.crl$", ".cer");
        byte[] content = client.fetch(certificatePath, null).orElseThrow().body();
        String origin = "the PKI's " + certificatePath;
        X509Certificate issuer = new String(content, StandardCharsets.ISO_8859_1).startsWith("-----")
                ? Pem.certificates(new String(content, StandardCharsets.ISO_8859_1), origin)
                        .getFirst()
                : Pem.certificate(content, origin);
        try {
            Credentials.validate(List.of(issuer), Credentials.anchors(current.roots()), now);
        } catch (CertPathValidatorException e) {
            throw new IdentityException(origin + " must lead to a trusted root: " + e.getMessage(), e);
        }
        fetchedIssuers.add(issuer);
        return issuer;
    }
}
