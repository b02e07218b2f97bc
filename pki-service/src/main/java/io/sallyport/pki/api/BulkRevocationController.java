package io.sallyport.pki.api;

import io.sallyport.pki.authority.RevocationDesk;
import io.sallyport.pki.authority.RevocationDesk.Selection;
import io.sallyport.pki.ca.RevocationReason;
import io.sallyport.pki.ca.SerialNumber;
import io.sallyport.pki.policy.Refusal.Cause;
import io.sallyport.pki.policy.RefusedException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Revokes many certificates at once, after a dry run. */
@RestController
final class BulkRevocationController {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    private final RevocationDesk revocations;
    private final InstantSource time;

    BulkRevocationController(RevocationDesk revocations, InstantSource time) {
        this.revocations = revocations;
        this.time = time;
    }

    /** Which certificates, and why. */
    record BulkRequest(
            @Nullable String nodeId,
            @Nullable String spkiSha256,
            @Nullable String lineage,
            @Nullable String reason,
            @Nullable Boolean dryRun,
            @Nullable String confirm) {}

    /** What would be, or was, revoked. */
    record BulkAnswer(boolean dryRun, String confirm, List<CertificateView> items) {
        BulkAnswer {
            items = List.copyOf(items);
        }
    }

    @PostMapping("/api/v1/revocations")
    BulkAnswer revoke(@RequestBody BulkRequest wish) {
        Selection selection = selection(wish);
        RevocationReason reason = reason(wish.reason(), RevocationReason.UNSPECIFIED);
        boolean dryRun = Boolean.TRUE.equals(wish.dryRun());
        RevocationDesk.Together together =
                dryRun ? revocations.select(selection, reason) : revocations.revoke(selection, reason, wish.confirm());
        Instant now = time.instant();
        return new BulkAnswer(
                dryRun,
                together.confirm(),
                together.certificates().stream()
                        .map(one -> CertificateView.of(one, now))
                        .toList());
    }

    static RevocationReason reason(@Nullable String word, RevocationReason otherwise) {
        return word == null
                ? otherwise
                : RevocationReason.ofWord(word)
                        .orElseThrow(() -> new RefusedException(
                                Cause.REASON_NOT_PERMITTED,
                                "a node's certificate is not revoked for the reason " + word));
    }

    private static Selection selection(BulkRequest wish) {
        int given = (wish.nodeId() == null ? 0 : 1)
                + (wish.spkiSha256() == null ? 0 : 1)
                + (wish.lineage() == null ? 0 : 1);
        if (given != 1) {
            throw unreadable("exactly one of nodeId, spkiSha256 and lineage is needed");
        }
        if (wish.nodeId() != null) {
            return new Selection.OfNode(wish.nodeId());
        }
        if (wish.lineage() != null) {
            return new Selection.OfLineage(SerialNumber.parse(wish.lineage())
                    .orElseThrow(() -> unreadable("lineage must be the serial of a certificate")));
        }
        String hash = String.valueOf(wish.spkiSha256()).replace(":", "").toLowerCase(Locale.ROOT);
        if (!SHA256.matcher(hash).matches()) {
            throw unreadable("spkiSha256 must be 64 hexadecimal digits");
        }
        return new Selection.OfKey(hash);
    }

    private static RefusedException unreadable(String detail) {
        return new RefusedException(Cause.REQUEST_UNREADABLE, detail);
    }
}
