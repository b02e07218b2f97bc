package io.sallyport.gateway;

import io.sallyport.http.RequestHead;
import java.util.List;
import java.util.OptionalInt;
import reactor.netty.http.server.HttpServerRequest;

/**
 * The checks that hold for every request, hits included; each is a rule. They are asked in order before a route is looked up,
 * and the first refusal counts.
 */
final class Admission {
    private final Rule[] rules;

    Admission(List<Rule> rules) {
        this.rules = rules.toArray(Rule[]::new);
    }

    /** A check of one request. Called on the event loop: it must neither block nor do more than a hit costs. */
    @FunctionalInterface
    public interface Rule {
        /** The status code to refuse with, or empty to let the request in. */
        OptionalInt refuse(HttpServerRequest request, RequestHead head);
    }

    OptionalInt refuse(HttpServerRequest request, RequestHead head) {
        for (Rule rule : rules) {
            OptionalInt refusal = rule.refuse(request, head);
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        return OptionalInt.empty();
    }
}
