package io.sallyport.pki.policy;

import io.sallyport.pki.ca.Issuer;
import io.sallyport.pki.ca.LeafContents;
import io.sallyport.pki.ca.Role;
import io.sallyport.pki.ca.SerialNumber;
import io.sallyport.pki.ca.SubjectAltNames;
import io.sallyport.pki.ca.SubjectKey;
import io.sallyport.pki.ca.Validity;
import io.sallyport.pki.ledger.Node;
import io.sallyport.pki.policy.Refusal.Cause;
import io.sallyport.pki.policy.Refusal.Violation;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a certificate for a node says. A pure function of its arguments: an item that cannot be honoured is
 * refused by name, never dropped.
 */
public final class IssuancePolicy {
    private static final Duration BACKDATED = Duration.ofMinutes(5);

    private final Map<Role, Profile> profiles;
    private final String trustDomain;
    private final @Nullable URI publicUrl;

    /** A policy for one trust domain; {@code publicUrl} is where lists are served in plain http, if they are. */
    public IssuancePolicy(Map<Role, Profile> profiles, String trustDomain, @Nullable URI publicUrl) {
        this.profiles = Map.copyOf(profiles);
        this.trustDomain = trustDomain;
        this.publicUrl = publicUrl;
    }

    /** The rules for a role. */
    public Profile profile(Role role) {
        Profile profile = profiles.get(role);
        if (profile == null) {
            throw new IllegalStateException("no profile for the role " + role.word());
        }
        return profile;
    }

    /** Refuses names of a node that the issuing CA may not certify, or that its role does not have. */
    public void judgeNode(Node node, Issuer issuer) {
        if (!node.role().serves() && !node.names().isEmpty()) {
            refuseNames(
                    node.names().labels(), "a node in the role " + node.role().word() + " has no host names");
        }
        List<String> refused = issuer.notPermitted(allNames(node));
        if (!refused.isEmpty()) {
            refuseNames(refused, "outside the name constraints of the issuing CA");
        }
    }

    private static void refuseNames(List<String> labels, String detail) {
        throw new RefusedException(new Refusal(
                Cause.NAME_NOT_PERMITTED,
                "a name is not permitted",
                labels.stream().map(label -> new Violation(label, detail)).toList()));
    }

    /** The contents of a certificate, or a refusal; {@code notAfter} is null where the profile's ordinary life is fine. */
    public LeafContents judge(
            Node node,
            Requested requested,
            @Nullable Instant notAfter,
            SerialNumber serial,
            Issuer issuer,
            Instant now) {
        Profile profile = profile(node.role());
        judgeKey(requested.key(), profile, issuer);
        judgeNames(node, requested);
        judgeItems(node.role(), requested);
        judgeNode(node, issuer);
        return new LeafContents(
                serial,
                node.role(),
                node.id(),
                requestedNames(node, requested.names()),
                requested.key(),
                validity(profile, notAfter, issuer, now),
                publicUrl == null ? null : URI.create(publicUrl + "/pki/issuers/" + issuer.id() + ".crl"));
    }

    private static void judgeKey(SubjectKey key, Profile profile, Issuer issuer) {
        if (key.type() == SubjectKey.Type.RSA && !profile.rsa()) {
            throw new RefusedException(
                    Cause.WEAK_KEY, "RSA keys are not certified for this role; use an EC key on P-256 or P-384");
        }
        if (issuer.owns(key)) {
            throw new RefusedException(Cause.KEY_REUSED, "the key is in use elsewhere; make a new one");
        }
    }

    private void judgeNames(Node node, Requested requested) {
        SubjectAltNames allowed = allNames(node);
        Set<String> owned = Set.copyOf(allowed.labels());
        List<Violation> violations = new ArrayList<>();
        for (String label : requested.names().labels()) {
            if (!owned.contains(label)) {
                violations.add(new Violation(label, "the node does not own this name"));
            }
        }
        for (var attribute : requested.subject()) {
            boolean known = attribute.type().equals("CN")
                    && (attribute.value().equals(node.id())
                            || allowed.dnsNames().contains(attribute.value())
                            || allowed.ipAddresses().contains(attribute.value()));
            if (!known) {
                violations.add(new Violation(
                        attribute.type() + "=" + attribute.value(), "the subject may only be CN=" + node.id()));
            }
        }
        if (!violations.isEmpty()) {
            throw new RefusedException(new Refusal(Cause.NAME_NOT_PERMITTED, "a name is not permitted", violations));
        }
    }

    private static void judgeItems(Role role, Requested requested) {
        List<Violation> violations = new ArrayList<>();
        requested.keyUsages().stream()
                .filter(usage -> !usage.equals("digitalSignature"))
                .forEach(usage ->
                        violations.add(new Violation("keyUsage " + usage, "the key usage is digitalSignature only")));
        Set<String> purposes = role.serves() ? Set.of("serverAuth", "clientAuth") : Set.of("clientAuth");
        requested.purposes().stream()
                .filter(purpose -> !purposes.contains(purpose))
                .forEach(purpose -> violations.add(
                        new Violation("extendedKeyUsage " + purpose, "the role " + role.word() + " has " + purposes)));
        if (requested.ca()) {
            violations.add(new Violation("basicConstraints CA:TRUE", "no node is a CA"));
        }
        requested.others().forEach(other -> violations.add(new Violation(other, "this is never certified")));
        if (!violations.isEmpty()) {
            throw new RefusedException(
                    new Refusal(Cause.ITEM_NOT_PERMITTED, "an item of the request is not permitted", violations));
        }
    }

    private SubjectAltNames allNames(Node node) {
        return node.names().with(node.role().uri(trustDomain, node.id()));
    }

    private SubjectAltNames requestedNames(Node node, SubjectAltNames requested) {
        boolean hosts =
                !requested.dnsNames().isEmpty() || !requested.ipAddresses().isEmpty();
        SubjectAltNames names =
                hosts ? new SubjectAltNames(requested.dnsNames(), requested.ipAddresses(), List.of()) : node.names();
        return names.with(node.role().uri(trustDomain, node.id()));
    }

    private static Validity validity(Profile profile, @Nullable Instant notAfter, Issuer issuer, Instant now) {
        Instant issuerEnd = issuer.notAfter();
        if (now.plus(profile.minimum()).isAfter(issuerEnd)) {
            throw new RefusedException(
                    Cause.ISSUER_EXPIRING, "the issuing CA ends at " + issuerEnd + ": too soon to issue anything");
        }
        Instant end = now.plus(profile.ordinary());
        if (notAfter != null) {
            judgeEnd(profile, notAfter, issuerEnd, now);
            end = notAfter;
        }
        Instant start = now.minus(BACKDATED);
        return new Validity(
                start.isBefore(issuer.notBefore()) ? issuer.notBefore() : start,
                end.isAfter(issuerEnd) ? issuerEnd : end);
    }

    private static void judgeEnd(Profile profile, Instant notAfter, Instant issuerEnd, Instant now) {
        if (notAfter.isBefore(now.plus(profile.minimum()).minusSeconds(1))
                || notAfter.isAfter(now.plus(profile.maximum()))) {
            throw new RefusedException(new Refusal(
                    Cause.LIFETIME_NOT_PERMITTED,
                    "the end date is not permitted",
                    List.of(new Violation(
                            "notAfter " + notAfter,
                            "it must lie between " + profile.minimum() + " and " + profile.maximum() + " from now"))));
        }
        if (notAfter.isAfter(issuerEnd)) {
            throw new RefusedException(new Refusal(
                    Cause.ISSUER_EXPIRING,
                    "the certificate would outlive its issuer",
                    List.of(new Violation("notAfter " + notAfter, "the issuing CA ends at " + issuerEnd))));
        }
    }
}
