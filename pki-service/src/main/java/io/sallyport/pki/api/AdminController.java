package io.sallyport.pki.api;

import io.sallyport.pki.authority.Application;
import io.sallyport.pki.authority.Caller;
import io.sallyport.pki.authority.EnrollmentDesk;
import io.sallyport.pki.authority.Issuance;
import io.sallyport.pki.authority.Ledger;
import io.sallyport.pki.authority.RevocationDesk;
import io.sallyport.pki.ca.Der;
import io.sallyport.pki.ca.RevocationReason;
import io.sallyport.pki.ca.Role;
import io.sallyport.pki.ca.SerialNumber;
import io.sallyport.pki.ca.SubjectAltNames;
import io.sallyport.pki.csr.CertificationRequest;
import io.sallyport.pki.ledger.CertificateQuery;
import io.sallyport.pki.ledger.CertificateRecord;
import io.sallyport.pki.ledger.CertificateStatus;
import io.sallyport.pki.ledger.Node;
import io.sallyport.pki.policy.Refusal;
import io.sallyport.pki.policy.Refusal.Cause;
import io.sallyport.pki.policy.Refusal.Violation;
import io.sallyport.pki.policy.RefusedException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What admins call: tokens, certificates, the inventory, revocation. */
@RestController
@RequestMapping("/api/v1")
final class AdminController {
    private static final Duration TOKEN_LIFE = Duration.ofHours(1);
    private static final int MAX_NAMES = 20;
    private static final int MAX_PAGE = 500;

    private final EnrollmentDesk enrollments;
    private final Issuance issuance;
    private final RevocationDesk revocations;
    private final Ledger ledger;
    private final RequestBodies bodies;
    private final InstantSource time;

    AdminController(
            EnrollmentDesk enrollments,
            Issuance issuance,
            RevocationDesk revocations,
            Ledger ledger,
            RequestBodies bodies,
            InstantSource time) {
        this.enrollments = enrollments;
        this.issuance = issuance;
        this.revocations = revocations;
        this.ledger = ledger;
        this.bodies = bodies;
        this.time = time;
    }

    /** A wish for a token. */
    record TokenRequest(
            @Nullable String nodeId,
            @Nullable String role,
            @Nullable List<String> dnsNames,
            @Nullable List<String> ipAddresses,
            @Nullable Duration ttl) {}

    /** A token, shown once. */
    record TokenAnswer(String token, String nodeId, String role, Instant expiresAt) {
        @Override
        public String toString() {
            return "token for " + nodeId;
        }
    }

    @PostMapping("/enrollment-tokens")
    ResponseEntity<TokenAnswer> newToken(@RequestBody TokenRequest wish) {
        List<String> dns = wish.dnsNames() == null ? List.of() : wish.dnsNames();
        List<String> ip = wish.ipAddresses() == null ? List.of() : wish.ipAddresses();
        if (dns.size() + ip.size() > MAX_NAMES) {
            throw new RefusedException(Cause.REQUEST_UNREADABLE, "a node has at most " + MAX_NAMES + " names");
        }
        Role role = role(wish.role());
        if (role == Role.ADMIN) {
            throw new RefusedException(Cause.ROLE_NOT_PERMITTED, "tokens are for the roles edge, regional and pki");
        }
        Node node = node(wish.nodeId(), role, () -> new SubjectAltNames(dns, ip, List.of()));
        var token = enrollments.newToken(node, wish.ttl() == null ? TOKEN_LIFE : wish.ttl());
        return ResponseEntity.status(HttpStatus.CREATED)
                .header("Cache-Control", "no-store")
                .body(new TokenAnswer(token.token(), node.id(), role.word(), token.expiresAt()));
    }

    private static Role role(@Nullable String word) {
        return Role.ofWord(required("role", word))
                .orElseThrow(() -> new RefusedException(
                        Cause.REQUEST_UNREADABLE, "role must be edge, regional, pki or admin: " + word));
    }

    private static String required(String member, @Nullable String value) {
        if (value == null) {
            throw new RefusedException(Cause.REQUEST_UNREADABLE, "the member " + member + " is missing");
        }
        return value;
    }

    private static Node node(@Nullable String id, Role role, Supplier<SubjectAltNames> names) {
        String nodeId = required("nodeId", id);
        try {
            return new Node(nodeId, role, names.get());
        } catch (IllegalArgumentException e) {
            throw new RefusedException(new Refusal(
                    Cause.NAME_NOT_PERMITTED,
                    String.valueOf(e.getMessage()),
                    List.of(new Violation(nodeId, String.valueOf(e.getMessage())))));
        }
    }

    /** A wish for a certificate. */
    record CertificateRequest(
            @Nullable String nodeId,
            @Nullable String role,
            @Nullable String csr,
            @Nullable Instant notAfter) {}

    @PostMapping("/certificates")
    ResponseEntity<CertificateView> issue(
            @RequestAttribute(CallerFilter.CALLER) Caller caller,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String idempotencyKey,
            @RequestBody CertificateRequest wish) {
        CertificationRequest request = bodies.readPem(wish.csr());
        SubjectAltNames asked = request.requested().names();
        Node node = enrollments.nodeOrNew(node(
                wish.nodeId(),
                role(wish.role()),
                () -> new SubjectAltNames(asked.dnsNames(), asked.ipAddresses(), List.of())));
        CertificateRecord certificate = issuance.issue(new Application(
                node,
                request.requested(),
                request.der().sha256(),
                wish.notAfter(),
                null,
                null,
                idempotency(caller, IdempotencyKey.checked(idempotencyKey), wish, request)));
        return ResponseEntity.created(URI.create("/api/v1/certificates/" + certificate.serial()))
                .body(CertificateView.of(certificate, time.instant()));
    }

    private static Application.@Nullable Idempotency idempotency(
            Caller caller, @Nullable String key, CertificateRequest wish, CertificationRequest request) {
        if (key == null) {
            return null;
        }
        String all = wish.nodeId() + "\n" + wish.role() + "\n" + wish.notAfter() + "\n"
                + request.der().sha256();
        return new Application.Idempotency(
                caller.role().word() + "/" + caller.name(), key, Der.sha256(all.getBytes(StandardCharsets.UTF_8)));
    }

    /** A page of the inventory. */
    record CertificateList(
            List<CertificateView> items, @Nullable String next) {
        CertificateList {
            items = List.copyOf(items);
        }
    }

    @GetMapping("/certificates")
    CertificateList list(
            @RequestParam(required = false) @Nullable String expiresBefore,
            @RequestParam(required = false) @Nullable String nodeId,
            @RequestParam(required = false) @Nullable String status,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = "100") int limit) {
        if (limit < 1 || limit > MAX_PAGE) {
            throw new RefusedException(Cause.REQUEST_UNREADABLE, "limit must be 1 to " + MAX_PAGE);
        }
        Instant now = time.instant();
        List<CertificateRecord> found = ledger.certificates()
                .list(
                        new CertificateQuery(
                                nodeId, status(status), instant(expiresBefore), Cursor.read(cursor), limit + 1),
                        now);
        List<CertificateRecord> page = found.subList(0, Math.min(limit, found.size()));
        return new CertificateList(
                page.stream().map(one -> CertificateView.of(one, now)).toList(),
                found.size() > limit ? Cursor.write(page.getLast().sequence()) : null);
    }

    private static @Nullable CertificateStatus status(@Nullable String word) {
        return word == null
                ? null
                : CertificateStatus.ofWord(word)
                        .orElseThrow(
                                () -> new RefusedException(Cause.REQUEST_UNREADABLE, "there is no status " + word));
    }

    private static @Nullable Instant instant(@Nullable String text) {
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new RefusedException(
                    Cause.REQUEST_UNREADABLE, "expiresBefore must be a time like 2026-12-01T00:00:00Z");
        }
    }

    @GetMapping("/certificates/{serial}")
    CertificateView show(@PathVariable String serial) {
        return CertificateView.of(
                ledger.certificates().find(serial(serial)).orElseThrow(AdminController::noSuchSerial), time.instant());
    }

    private static SerialNumber serial(String text) {
        return SerialNumber.parse(text).orElseThrow(AdminController::noSuchSerial);
    }

    private static RefusedException noSuchSerial() {
        return new RefusedException(Cause.NOT_FOUND, "no certificate has this serial");
    }

    /** A reason for a revocation. */
    record RevocationRequest(@Nullable String reason) {}

    @PutMapping("/certificates/{serial}/revocation")
    CertificateView revoke(
            @PathVariable String serial, @RequestBody(required = false) @Nullable RevocationRequest wish) {
        String word = wish == null || wish.reason() == null ? RevocationReason.UNSPECIFIED.word() : wish.reason();
        RevocationReason reason = RevocationReason.ofWord(word)
                .orElseThrow(() -> new RefusedException(
                        Cause.REASON_NOT_PERMITTED, "a node's certificate is not revoked for the reason " + word));
        return CertificateView.of(revocations.revoke(serial(serial), reason), time.instant());
    }
}
