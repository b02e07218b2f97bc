package io.sallyport.pki.api;

import io.sallyport.pki.authority.Caller;
import io.sallyport.pki.authority.EnrollmentDesk;
import io.sallyport.pki.authority.Issuers;
import io.sallyport.pki.authority.NodeDesk;
import io.sallyport.pki.authority.RenewalDesk;
import io.sallyport.pki.ca.SerialNumber;
import io.sallyport.pki.policy.Refusal.Cause;
import io.sallyport.pki.policy.RefusedException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** What nodes call: enrolment with a token, renewal with a certificate. */
@RestController
final class NodeController {
    private static final String BEARER = "bearer ";
    private static final Duration ASK_AGAIN = Duration.ofMinutes(10);

    private final EnrollmentDesk enrollments;
    private final RenewalDesk renewals;
    private final RequestBodies bodies;
    private final Issuers issuers;
    private final NodeDesk nodes;
    private final JsonMapper json;

    NodeController(
            EnrollmentDesk enrollments,
            RenewalDesk renewals,
            RequestBodies bodies,
            Issuers issuers,
            NodeDesk nodes,
            JsonMapper json) {
        this.enrollments = enrollments;
        this.renewals = renewals;
        this.bodies = bodies;
        this.issuers = issuers;
        this.nodes = nodes;
        this.json = json;
    }

    @PostMapping("/api/v1/enrollments")
    ResponseEntity<byte[]> enroll(
            @RequestHeader(name = HttpHeaders.AUTHORIZATION, required = false) @Nullable String authorization,
            @RequestHeader(name = HttpHeaders.CONTENT_TYPE, required = false) @Nullable MediaType type,
            @RequestBody(required = false) byte @Nullable [] body) {
        return IssuedAnswer.of(enrollments.enroll(token(authorization), () -> bodies.read(type, body)), issuers);
    }

    private static @Nullable String token(@Nullable String authorization) {
        return authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? authorization.substring(BEARER.length()).strip()
                : null;
    }

    @PostMapping("/api/v1/renewals")
    ResponseEntity<byte[]> renew(
            @RequestAttribute(CallerFilter.CALLER) Caller caller,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String idempotencyKey,
            @RequestHeader(name = HttpHeaders.CONTENT_TYPE, required = false) @Nullable MediaType type,
            @RequestBody(required = false) byte @Nullable [] body) {
        String key = IdempotencyKey.checked(idempotencyKey);
        return IssuedAnswer.of(renewals.renew(caller, bodies.read(type, body), key), issuers);
    }

    /** The filter has noted that the caller's certificate is in use; a body says more. */
    @PutMapping("/api/v1/nodes/self/status")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void status(
            @RequestAttribute(CallerFilter.CALLER) Caller caller,
            @RequestBody(required = false) byte @Nullable [] body) {
        if (body != null && body.length > 0) {
            NodeStatusBody.read(json, body).ifPresent(said -> nodes.report(caller, said));
        }
    }

    /** RFC 9773, section 4.2. */
    record RenewalInfo(Window suggestedWindow) {}

    /** RFC 9773, section 4.2. */
    record Window(Instant start, Instant end) {}

    @GetMapping("/api/v1/certificates/{serial}/renewal-info")
    ResponseEntity<RenewalInfo> renewalInfo(@PathVariable String serial) {
        RenewalDesk.Window window = renewals.window(SerialNumber.parse(serial)
                .orElseThrow(() -> new RefusedException(Cause.NOT_FOUND, "no certificate has this serial")));
        return ResponseEntity.ok()
                .header(HttpHeaders.RETRY_AFTER, String.valueOf(ASK_AGAIN.toSeconds()))
                .body(new RenewalInfo(new Window(window.start(), window.end())));
    }
}
