package io.sallyport.pki.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sallyport.pki.authority.Issuers;
import io.sallyport.pki.authority.Ledger;
import io.sallyport.pki.authority.RevocationListPublisher;
import io.sallyport.pki.ca.Der;
import io.sallyport.pki.ca.Issuer;
import io.sallyport.pki.ca.Pem;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The issuing CAs: which one issues, and which only sign their lists. */
@RestController
@RequestMapping("/api/v1/issuers")
final class IssuersController {
    private final Issuers issuers;
    private final RevocationListPublisher publisher;
    private final Ledger ledger;
    private final InstantSource time;

    IssuersController(Issuers issuers, RevocationListPublisher publisher, Ledger ledger, InstantSource time) {
        this.issuers = issuers;
        this.publisher = publisher;
        this.ledger = ledger;
        this.time = time;
    }

    /** An issuing CA's list. */
    record ListView(long number, Instant thisUpdate, Instant nextUpdate, int entries) {}

    /** An issuing CA; ended is true once nobody needs its list any more. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record IssuerView(
            String id,
            String status,
            boolean ended,
            String subject,
            Instant notBefore,
            Instant notAfter,
            String rootSha256,
            boolean signs,
            long unexpiredCertificates,
            @Nullable Instant lastCertificateEnds,
            @Nullable ListView crl) {}

    /** All of them, oldest first, and the trust bundle that nodes should have. */
    record IssuerList(long trustBundleSequence, List<IssuerView> items) {
        IssuerList {
            items = List.copyOf(items);
        }
    }

    @GetMapping
    IssuerList list() {
        issuers.refresh();
        return new IssuerList(
                issuers.bundleSequence(), issuers.all().stream().map(this::view).toList());
    }

    /** Whether gates may be left behind that do not yet trust the root of the next CA. */
    record ActivationRequest(@Nullable Boolean leaveUnreadyNodes) {}

    @PostMapping("/{id}/activate")
    IssuerView activate(@PathVariable String id, @RequestBody(required = false) @Nullable ActivationRequest wish) {
        return view(issuers.activate(id, wish != null && Boolean.TRUE.equals(wish.leaveUnreadyNodes())));
    }

    @PostMapping("/{id}/retire")
    IssuerView retire(@PathVariable String id) {
        return view(issuers.retire(id));
    }

    private IssuerView view(Issuer issuer) {
        Instant now = time.instant();
        return new IssuerView(
                issuer.id(),
                issuers.status(issuer).word(),
                !issuers.signsLists(issuer),
                issuer.certificate().getSubjectX500Principal().getName(),
                issuer.certificate().getNotBefore().toInstant(),
                issuer.notAfter(),
                Der.sha256(Pem.encoded(issuer.root())),
                issuer.signs(),
                ledger.certificates().unexpired(issuer.id(), now),
                ledger.certificates().lastEnd(issuer.id()).orElse(null),
                publisher
                        .current(issuer.id())
                        .map(list -> new ListView(
                                list.contents().number(),
                                list.contents().thisUpdate(),
                                list.contents().nextUpdate(),
                                list.contents().entries().size()))
                        .orElse(null));
    }
}
