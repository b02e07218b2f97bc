package io.sallyport.gateway.management;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sallyport.cache.rule.CacheKeys;
import io.sallyport.cache.store.Purge;
import io.sallyport.cache.store.Purged;
import io.sallyport.cache.store.ResponseStore;
import io.sallyport.gateway.route.RouteTable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** {@code POST /actuator/purge}: ends the use of stored responses, and of those that are being fetched meanwhile. */
final class PurgeHandler {
    private static final Logger log = LoggerFactory.getLogger(PurgeHandler.class);

    private final ResponseStore store;
    private final RouteTable routes;

    PurgeHandler(ResponseStore store, RouteTable routes) {
        this.store = store;
        this.routes = routes;
    }

    /**
     * The answer.
     *
     * @param sequence the purge's place in the order of purges
     * @param entries how many stored responses it touched; null where a purge does not count
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Done(long sequence, @Nullable Long entries) {}

    Mono<ServerResponse> purge(ServerRequest request) {
        return request.bodyToMono(String.class)
                .defaultIfEmpty("")
                .map(text -> purge(PurgeRequest.parse(text)))
                .flatMap(done -> answer(HttpStatus.OK, done))
                .onErrorResume(
                        PurgeRequest.MalformedException.class,
                        malformed -> answer(
                                HttpStatus.BAD_REQUEST,
                                new ManagementAnswers.Refused(String.valueOf(malformed.getMessage()))))
                .onErrorResume(
                        DataBufferLimitException.class,
                        tooLong -> answer(
                                HttpStatus.CONTENT_TOO_LARGE,
                                new ManagementAnswers.Refused("expected one purge: content too long")));
    }

    private Done purge(PurgeRequest request) {
        Done done = switch (request.target()) {
            case PurgeRequest.Target.Wide(Purge.Scope scope) -> done(store.purge(new Purge(scope, request.effect())));
            case PurgeRequest.Target.Url url ->
                routes.match(url.get())
                        .map(route -> CacheKeys.of(route.keyId(), url.get(), route.policy()))
                        .map(key -> done(store.purge(new Purge(new Purge.Url(key), request.effect()))))
                        .orElseGet(() -> new Done(store.sequence(), 0L));
        };
        log.info(
                "event=purge sequence={} effect={} target=\"{}\" entries={}",
                done.sequence(),
                request.effect(),
                name(request.target()),
                done.entries() == null ? "unknown" : done.entries());
        return done;
    }

    private static Done done(Purged purged) {
        return new Done(
                purged.sequence(),
                purged.responses().isPresent() ? purged.responses().getAsLong() : null);
    }

    private static String name(PurgeRequest.Target target) {
        return switch (target) {
            case PurgeRequest.Target.Url url -> url.get().targetUri();
            case PurgeRequest.Target.Wide(Purge.Scope scope) -> scope.toString();
        };
    }

    private static Mono<ServerResponse> answer(HttpStatus status, Object content) {
        return ServerResponse.status(status)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(content);
    }
}
