package io.sallyport.gateway.hit;

import io.sallyport.cache.engine.Plan;
import io.sallyport.gateway.request.ReceivedRequest;
import io.sallyport.http.RequestHead;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The checks that hold for every request, hits included; each is a rule. They are asked in order before a route is looked up,
 * and the first refusal counts.
 */
public final class Admission {
    private final Rule[] rules;
    private volatile Plan.@Nullable Refuse last;

    public Admission(List<Rule> rules) {
        this.rules = rules.toArray(Rule[]::new);
    }

    /** A check of one request. Called on the event loop: it must neither block nor do more than a hit costs. */
    @FunctionalInterface
    public interface Rule {
        /** The status code to refuse with, or empty to let the request in. */
        OptionalInt refuse(ReceivedRequest request, RequestHead head);
    }

    /** The refusal of a request; null where it is let in. */
    Plan.@Nullable Refuse refuse(ReceivedRequest request, RequestHead head) {
        for (Rule rule : rules) {
            OptionalInt status = rule.refuse(request, head);
            if (status.isPresent()) {
                return refusal(status.getAsInt());
            }
        }
        return null;
    }

    /** The last one again where it says the same: a refusal must cost less than a hit. */
    private Plan.Refuse refusal(int status) {
        Plan.Refuse refusal = last;
        if (refusal == null || refusal.status() != status) {
            refusal = new Plan.Refuse(status, "admission");
            last = refusal;
        }
        return refusal;
    }
}
