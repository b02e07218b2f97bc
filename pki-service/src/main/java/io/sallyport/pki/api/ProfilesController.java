package io.sallyport.pki.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sallyport.pki.authority.Application;
import io.sallyport.pki.authority.Issuance;
import io.sallyport.pki.authority.Issuers;
import io.sallyport.pki.authority.Ledger;
import io.sallyport.pki.ca.LeafContents;
import io.sallyport.pki.ca.Role;
import io.sallyport.pki.ca.SubjectAltNames;
import io.sallyport.pki.csr.CertificationRequest;
import io.sallyport.pki.ledger.Node;
import io.sallyport.pki.ledger.RegisteredNode;
import io.sallyport.pki.policy.Refusal;
import io.sallyport.pki.policy.Refusal.Cause;
import io.sallyport.pki.policy.Refusal.Violation;
import io.sallyport.pki.policy.RefusedException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Says what a profile would make of a request; nothing is recorded or signed. */
@RestController
final class ProfilesController {
    private final Issuance issuance;
    private final Issuers issuers;
    private final Ledger ledger;
    private final RequestBodies bodies;

    ProfilesController(Issuance issuance, Issuers issuers, Ledger ledger, RequestBodies bodies) {
        this.issuance = issuance;
        this.issuers = issuers;
        this.ledger = ledger;
        this.bodies = bodies;
    }

    /** A request to judge; names are those that the node is supposed to own, else those that it owns. */
    record Wish(
            @Nullable String nodeId,
            @Nullable String csr,
            @Nullable List<String> dnsNames,
            @Nullable List<String> ipAddresses,
            @Nullable Instant notAfter) {}

    /** The verdict: what the certificate would say, or why there would be none. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Verdict(
            boolean permitted,
            @Nullable String cause,
            @Nullable String detail,
            @Nullable List<Violation> violations,
            @Nullable String issuer,
            @Nullable List<String> subjectAltNames,
            @Nullable Instant notBefore,
            @Nullable Instant notAfter) {}

    @PostMapping("/api/v1/profiles/{name}:evaluate")
    Verdict evaluate(@PathVariable String name, @RequestBody Wish wish) {
        Role role = Role.ofWord(name)
                .orElseThrow(() -> new RefusedException(Cause.NOT_FOUND, "there is no profile of this name"));
        try {
            CertificationRequest request = bodies.readPem(wish.csr());
            Node node = node(wish, role, request.requested().names());
            LeafContents contents = issuance.evaluate(new Application(
                    node, request.requested(), request.der().sha256(), wish.notAfter(), null, null, null));
            return new Verdict(
                    true,
                    null,
                    null,
                    null,
                    issuers.active().id(),
                    contents.names().labels(),
                    contents.validity().notBefore(),
                    contents.validity().notAfter());
        } catch (RefusedException e) {
            Refusal refusal = e.refusal();
            if (refusal.cause() == Cause.REQUEST_UNREADABLE) {
                throw e;
            }
            return new Verdict(
                    false, refusal.cause().word(), refusal.detail(), refusal.violations(), null, null, null, null);
        }
    }

    private Node node(Wish wish, Role role, SubjectAltNames asked) {
        String id = wish.nodeId();
        if (id == null) {
            throw new RefusedException(Cause.REQUEST_UNREADABLE, "the member nodeId is missing");
        }
        boolean named = wish.dnsNames() != null || wish.ipAddresses() != null;
        RegisteredNode known = ledger.nodes().registered(id).orElse(null);
        if (known != null && known.node().role() != role) {
            throw new RefusedException(
                    Cause.ROLE_NOT_PERMITTED,
                    "the node " + id + " is registered as "
                            + known.node().role().word());
        }
        if (known != null && !named) {
            return known.node();
        }
        try {
            return new Node(
                    id,
                    role,
                    named
                            ? new SubjectAltNames(orNone(wish.dnsNames()), orNone(wish.ipAddresses()), List.of())
                            : new SubjectAltNames(asked.dnsNames(), asked.ipAddresses(), List.of()));
        } catch (IllegalArgumentException e) {
            throw new RefusedException(Cause.NAME_NOT_PERMITTED, String.valueOf(e.getMessage()));
        }
    }

    private static List<String> orNone(@Nullable List<String> names) {
        return names == null ? List.of() : names;
    }
}
