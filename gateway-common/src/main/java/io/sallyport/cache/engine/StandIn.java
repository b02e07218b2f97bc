package io.sallyport.cache.engine;

import io.sallyport.cache.StoredResponse;
import io.sallyport.cache.rule.ReuseRule;
import io.sallyport.cache.rule.VariantSelection;
import io.sallyport.http.RequestHead;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What answers in place of an exchange that failed (RFC 9111, section 4.2.4; RFC 5861, section 4). Each request gets its own:
 * one may have a variant that may be used although it is stale, while another has none.
 *
 * @param plan what was asked, with the stored responses that may be used
 * @param error how the exchange failed
 * @param now when it did
 */
record StandIn(Plan.Forward plan, ReuseRule.ErrorKind error, Instant now) {
    /** The most recent of the stored responses that this request selects and that may be served on this error. */
    Optional<StoredResponse> of(RequestHead request) {
        List<StoredResponse> allowed = plan.candidates().stream()
                .filter(candidate -> ReuseRule.mayServeOnError(
                        candidate, request, now, plan.route().policy(), error))
                .toList();
        return VariantSelection.select(request, allowed, now);
    }
}
