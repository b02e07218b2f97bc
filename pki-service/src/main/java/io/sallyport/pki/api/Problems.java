package io.sallyport.pki.api;

import io.sallyport.pki.authority.PkiEvents;
import io.sallyport.pki.policy.Refusal;
import io.sallyport.pki.policy.Refusal.Cause;
import io.sallyport.pki.policy.RefusedException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;

/** The one place that turns refusals and faults into problem documents (RFC 9457). */
@Component
@Order(-2)
final class Problems implements WebExceptionHandler {
    private static final Logger log = LoggerFactory.getLogger(Problems.class);
    private static final String TYPE = "urn:sallyport:problem:";
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final JsonMapper json;
    private final PkiEvents events;

    Problems(JsonMapper json, PkiEvents events) {
        this.json = json;
        this.events = events;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable problem) {
        ServerHttpResponse response = exchange.getResponse();
        if (response.isCommitted()) {
            return Mono.error(problem);
        }
        Refusal refusal = refusal(problem);
        events.refused(refusal.cause());
        HttpStatus status = status(refusal);
        response.setStatusCode(status);
        HttpHeaders headers = response.getHeaders();
        headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        headers.setCacheControl("no-store");
        if (status == HttpStatus.SERVICE_UNAVAILABLE) {
            headers.set(HttpHeaders.RETRY_AFTER, String.valueOf(RETRY_AFTER.toSeconds()));
        }
        if (refusal.cause() == Cause.TOKEN_INVALID) {
            headers.set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        }
        if (problem instanceof ErrorResponse known
                && known.getHeaders().getAllow().size() > 0) {
            headers.setAllow(known.getHeaders().getAllow());
        }
        byte[] body = json.writeValueAsBytes(document(refusal, status));
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(body)));
    }

    private static Map<String, Object> document(Refusal refusal, HttpStatus status) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("type", TYPE + refusal.cause().word());
        document.put("title", refusal.cause().word().replace('-', ' '));
        document.put("status", status.value());
        document.put("detail", refusal.detail());
        document.put("violations", refusal.violations());
        document.putAll(refusal.members());
        return document;
    }

    private static Refusal refusal(Throwable problem) {
        if (problem instanceof RefusedException refused) {
            return refused.refusal();
        }
        for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
            if (cause instanceof DataBufferLimitException) {
                return new Refusal(Cause.REQUEST_TOO_LARGE, "the body is too large");
            }
            if (cause instanceof DataAccessException || cause instanceof TransactionException) {
                log.error("ledger unavailable cause={}", cause.toString());
                return new Refusal(Cause.LEDGER_UNAVAILABLE, "the ledger cannot be reached at the moment; try again");
            }
        }
        if (problem instanceof ErrorResponse known) {
            Refusal refusal = ofStatus(known.getStatusCode().value(), problem);
            if (refusal != null) {
                return refusal;
            }
        }
        log.error("request failed", problem);
        return new Refusal(Cause.INTERNAL, "the service failed; its log says more");
    }

    private static @Nullable Refusal ofStatus(int status, Throwable problem) {
        return switch (status) {
            case 400 -> new Refusal(Cause.REQUEST_UNREADABLE, unreadable(problem));
            case 404 -> new Refusal(Cause.NOT_FOUND, "there is nothing here");
            case 405 -> new Refusal(Cause.METHOD_NOT_ALLOWED, "this path has other methods");
            case 406, 415 -> new Refusal(Cause.MEDIA_TYPE_NOT_SUPPORTED, "this media type is not read or written here");
            case 413 -> new Refusal(Cause.REQUEST_TOO_LARGE, "the body is too large");
            default -> null;
        };
    }

    static String unreadable(Throwable problem) {
        for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnrecognizedPropertyException unknown) {
                return "the body has an unknown member: " + unknown.getPropertyName();
            }
        }
        return "the request is not what is expected here";
    }

    private static HttpStatus status(Refusal refusal) {
        return switch (refusal.cause()) {
            case REQUEST_UNREADABLE -> HttpStatus.BAD_REQUEST;
            case TOKEN_INVALID, CERTIFICATE_REQUIRED -> HttpStatus.UNAUTHORIZED;
            case FORBIDDEN, NODE_SUSPENDED -> HttpStatus.FORBIDDEN;
            case NOT_FOUND -> HttpStatus.NOT_FOUND;
            case METHOD_NOT_ALLOWED -> HttpStatus.METHOD_NOT_ALLOWED;
            case IDEMPOTENCY_CONFLICT,
                    SET_CHANGED,
                    NODE_DECOMMISSIONED,
                    ISSUER_ACTIVE,
                    ISSUER_RETIRED,
                    NODES_NOT_READY -> HttpStatus.CONFLICT;
            case REQUEST_TOO_LARGE -> HttpStatus.CONTENT_TOO_LARGE;
            case MEDIA_TYPE_NOT_SUPPORTED -> HttpStatus.UNSUPPORTED_MEDIA_TYPE;
            case CSR_SIGNATURE_INVALID,
                    WEAK_KEY,
                    KEY_REUSED,
                    NAME_NOT_PERMITTED,
                    ITEM_NOT_PERMITTED,
                    LIFETIME_NOT_PERMITTED,
                    ROLE_NOT_PERMITTED,
                    REASON_NOT_PERMITTED,
                    SERIAL_NOT_OWN -> HttpStatus.valueOf(422);
            case ISSUER_EXPIRING ->
                refusal.violations().isEmpty() ? HttpStatus.SERVICE_UNAVAILABLE : HttpStatus.valueOf(422);
            case SIGNER_UNAVAILABLE, LEDGER_UNAVAILABLE, IN_PROGRESS, TOO_MANY_WAITERS ->
                HttpStatus.SERVICE_UNAVAILABLE;
            case INTERNAL -> HttpStatus.INTERNAL_SERVER_ERROR;
        };
    }
}
