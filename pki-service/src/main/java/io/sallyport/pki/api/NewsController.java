package io.sallyport.pki.api;

import io.sallyport.pki.authority.RevocationNews;
import io.sallyport.pki.policy.Refusal.Cause;
import io.sallyport.pki.policy.RefusedException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The long poll of the nodes: it answers as soon as there is a new revocation list. */
@RestController
final class NewsController {
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final String SEQUENCE = "Sallyport-Sequence";

    private final RevocationNews news;

    NewsController(RevocationNews news) {
        this.news = news;
    }

    /** One issuer's list. */
    record ListView(String id, long crlNumber) {}

    /** The lists in force. */
    record News(List<ListView> issuers, long sequence) {
        News {
            issuers = List.copyOf(issuers);
        }
    }

    @GetMapping("/api/v1/revocations")
    Mono<ResponseEntity<News>> revocations(
            @RequestParam(required = false) @Nullable String after,
            @RequestParam(required = false) @Nullable String wait) {
        Long known = sequence(after);
        Duration patience = patience(wait);
        RevocationNews.Lists now = news.now();
        if (known == null || now.sequence() > known) {
            return Mono.just(answer(now));
        }
        if (patience.isZero()) {
            return Mono.just(nothing());
        }
        if (news.hasEnded()) {
            throw new RefusedException(Cause.TOO_MANY_WAITERS, "the service is ending");
        }
        Optional<CompletableFuture<RevocationNews.Lists>> later = news.after(known);
        if (later.isEmpty()) {
            throw new RefusedException(Cause.TOO_MANY_WAITERS, "as many wait for news as may; poll the lists");
        }
        return Mono.fromFuture(later.get())
                .publishOn(Schedulers.parallel())
                .map(lists -> lists.sequence() > known ? answer(lists) : nothing())
                .timeout(patience)
                .onErrorResume(TimeoutException.class, _ -> Mono.just(nothing()));
    }

    private static ResponseEntity<News> answer(RevocationNews.Lists lists) {
        List<ListView> issuers = new TreeMap<>(lists.numbers())
                .entrySet().stream()
                        .map(entry -> new ListView(entry.getKey(), entry.getValue()))
                        .toList();
        return ResponseEntity.ok()
                .header("Cache-Control", "no-store")
                .header(SEQUENCE, String.valueOf(lists.sequence()))
                .body(new News(issuers, lists.sequence()));
    }

    private ResponseEntity<News> nothing() {
        return ResponseEntity.noContent()
                .header("Cache-Control", "no-store")
                .header(SEQUENCE, String.valueOf(news.now().sequence()))
                .build();
    }

    private static @Nullable Long sequence(@Nullable String after) {
        if (after == null) {
            return null;
        }
        try {
            long sequence = Long.parseLong(after);
            if (sequence >= 0) {
                return sequence;
            }
        } catch (NumberFormatException e) {
            throw badSequence();
        }
        throw badSequence();
    }

    private static RefusedException badSequence() {
        return new RefusedException(Cause.REQUEST_UNREADABLE, "after must be a sequence that was answered before");
    }

    private static Duration patience(@Nullable String wait) {
        if (wait == null) {
            return Duration.ZERO;
        }
        try {
            Duration patience = Duration.parse(wait);
            if (!patience.isNegative() && patience.compareTo(LONGEST) <= 0) {
                return patience;
            }
        } catch (DateTimeParseException e) {
            throw badPatience();
        }
        throw badPatience();
    }

    private static RefusedException badPatience() {
        return new RefusedException(Cause.REQUEST_UNREADABLE, "wait must be a duration from PT0S to PT30S");
    }
}
