package io.sallyport.pki.console;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sallyport.pki.authority.Issuers;
import io.sallyport.pki.authority.Ledger;
import io.sallyport.pki.authority.RevocationListPublisher;
import io.sallyport.pki.ca.Issuer;
import io.sallyport.pki.ledger.CertificateRecord;
import io.sallyport.pki.ledger.CertificateSearch;
import io.sallyport.pki.ledger.CertificateStatus;
import io.sallyport.pki.policy.Refusal.Cause;
import io.sallyport.pki.policy.RefusedException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.json.JsonMapper;

/** What the console shows: how many certificates there are, the issuing CAs, and the inventory without octets. Changes nothing. */
@Component
public final class ConsoleData {
    private static final int PAGE = 25;
    private static final int LONGEST_SEARCH = 64;

    private final Ledger ledger;
    private final Issuers issuers;
    private final RevocationListPublisher publisher;
    private final InstantSource time;
    private final JsonMapper json;

    ConsoleData(
            Ledger ledger, Issuers issuers, RevocationListPublisher publisher, InstantSource time, JsonMapper json) {
        this.ledger = ledger;
        this.issuers = issuers;
        this.publisher = publisher;
        this.time = time;
        this.json = json;
    }

    /** An issuing CA and its list. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record IssuerLine(
            String id,
            String status,
            boolean signs,
            Instant notBefore,
            Instant notAfter,
            @Nullable Long crlNumber,
            @Nullable Integer revoked,
            @Nullable Instant thisUpdate,
            @Nullable Instant nextUpdate) {}

    /** The whole at a glance. */
    record Overview(Map<String, Long> certificates, List<IssuerLine> issuers) {}

    /** A certificate of the inventory. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Line(
            String serial,
            String nodeId,
            String role,
            String status,
            List<String> subjectAltNames,
            Instant notBefore,
            Instant notAfter,
            @Nullable Instant revokedAt,
            @Nullable String reason) {}

    /** A page of the inventory, the youngest first; before is what the next page begins before. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Inventory(List<Line> items, @Nullable Long before) {}

    /** Answers the overview. */
    public Mono<ServerResponse> overview(ServerRequest request) {
        return answer(this::overview);
    }

    /** Answers a page of the inventory: {@code search}, {@code status} and {@code before}, all optional. */
    public Mono<ServerResponse> inventory(ServerRequest request) {
        return answer(() -> inventory(
                request.queryParam("search").orElse("").strip(),
                request.queryParam("status").filter(word -> !word.isEmpty()).orElse(null),
                request.queryParam("before").orElse(null)));
    }

    private Mono<ServerResponse> answer(Callable<Object> question) {
        return Mono.fromCallable(question)
                .subscribeOn(Schedulers.boundedElastic())
                .flatMap(answer -> ServerResponse.ok()
                        .contentType(MediaType.APPLICATION_JSON)
                        .header("Cache-Control", "no-store")
                        .header("X-Content-Type-Options", "nosniff")
                        .bodyValue(json.writeValueAsBytes(answer)));
    }

    private Overview overview() {
        Map<String, Long> counts = new TreeMap<>();
        ledger.certificates().count(time.instant()).forEach((status, n) -> counts.put(status.word(), n));
        return new Overview(counts, issuers.all().stream().map(this::line).toList());
    }

    private IssuerLine line(Issuer issuer) {
        var list = publisher.current(issuer.id()).map(published -> published.contents());
        return new IssuerLine(
                issuer.id(),
                issuers.status(issuer).word(),
                issuer.signs(),
                issuer.certificate().getNotBefore().toInstant(),
                issuer.notAfter(),
                list.map(contents -> contents.number()).orElse(null),
                list.map(contents -> contents.entries().size()).orElse(null),
                list.map(contents -> contents.thisUpdate()).orElse(null),
                list.map(contents -> contents.nextUpdate()).orElse(null));
    }

    private Inventory inventory(String search, @Nullable String status, @Nullable String before) {
        if (search.length() > LONGEST_SEARCH) {
            throw refused("search must have at most " + LONGEST_SEARCH + " characters");
        }
        Instant now = time.instant();
        List<CertificateRecord> found = ledger.certificates()
                .search(new CertificateSearch(search, status(status), place(before), PAGE + 1), now);
        List<CertificateRecord> page = found.subList(0, Math.min(PAGE, found.size()));
        return new Inventory(
                page.stream().map(one -> line(one, now)).toList(),
                found.size() > PAGE ? page.getLast().sequence() : null);
    }

    private static @Nullable CertificateStatus status(@Nullable String word) {
        return word == null
                ? null
                : CertificateStatus.ofWord(word).orElseThrow(() -> refused("there is no status " + word));
    }

    private static long place(@Nullable String before) {
        try {
            return before == null ? Long.MAX_VALUE : Long.parseLong(before);
        } catch (NumberFormatException e) {
            throw refused("before must be one that a page ended with");
        }
    }

    private static RefusedException refused(String why) {
        return new RefusedException(Cause.REQUEST_UNREADABLE, why);
    }

    private static Line line(CertificateRecord certificate, Instant now) {
        var issuance = certificate.issuance();
        return new Line(
                certificate.serial().hex(),
                issuance.nodeId(),
                issuance.role().word(),
                certificate.statusAt(now).word(),
                issuance.names(),
                issuance.validity().notBefore(),
                issuance.validity().notAfter(),
                certificate.revokedAt(),
                certificate.reason());
    }
}
