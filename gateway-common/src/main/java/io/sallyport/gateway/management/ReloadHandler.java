package io.sallyport.gateway.management;

import io.sallyport.gateway.reload.Reload;
import java.util.List;
import java.util.Set;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** {@code POST /actuator/reload}: reads the configuration files and takes what they say. */
final class ReloadHandler {
    private final Reload reload;

    ReloadHandler(Reload reload) {
        this.reload = reload;
    }

    /**
     * The answer.
     *
     * @param routes the routes in force, in order
     * @param restartNeededFor changed settings that count from the next start on
     */
    record Taken(List<String> routes, Set<String> restartNeededFor) {}

    Mono<ServerResponse> reload(ServerRequest request) {
        return Mono.fromCallable(reload::reload)
                .subscribeOn(Schedulers.boundedElastic())
                .flatMap(outcome -> switch (outcome) {
                    case Reload.Outcome.Taken(List<String> routes, Set<String> restart) ->
                        answer(HttpStatus.OK, new Taken(routes, restart));
                    case Reload.Outcome.Refused(String reason) ->
                        answer(HttpStatus.UNPROCESSABLE_CONTENT, new ManagementAnswers.Refused(reason));
                });
    }

    private static Mono<ServerResponse> answer(HttpStatus status, Object content) {
        return ServerResponse.status(status)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(content);
    }
}
