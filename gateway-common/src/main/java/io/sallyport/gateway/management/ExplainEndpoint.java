package io.sallyport.gateway.management;

import io.sallyport.cache.engine.HttpCache;
import io.sallyport.cache.rule.CdnLoop;
import io.sallyport.cache.rule.HopByHop;
import io.sallyport.gateway.management.ExplainReport.Decision;
import io.sallyport.gateway.request.RequestHeads;
import io.sallyport.gateway.route.RouteTable;
import io.sallyport.gateway.setting.GateProperties;
import io.sallyport.http.RequestHead;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;

/**
 * The actuator endpoint {@code explain}: what the gate would do with a request now, and why. It asks the same routes and the
 * same rules as the gate does, sends nothing and changes nothing.
 */
@WebEndpoint(id = "explain")
final class ExplainEndpoint {
    private final GateProperties properties;
    private final RouteTable routes;
    private final HttpCache cache;

    ExplainEndpoint(GateProperties properties, RouteTable routes, HttpCache cache) {
        this.properties = properties;
        this.routes = routes;
        this.cache = cache;
    }

    /**
     * Explains a request. The parameters are untyped so that a value with a comma is not taken for two.
     *
     * @param url the absolute target URI
     * @param header field lines, {@code Name: value}
     * @param method the method, GET unless given
     */
    @ReadOperation
    WebEndpointResponse<Object> explain(@Nullable Object url, @Nullable Object header, @Nullable Object method) {
        return switch (ExplainedRequest.of(url, header, method)) {
            case ExplainedRequest.Malformed(String message) ->
                new WebEndpointResponse<>(Map.of("error", message), WebEndpointResponse.STATUS_BAD_REQUEST);
            case ExplainedRequest.Read(RequestHead head) -> new WebEndpointResponse<>(explain(head));
        };
    }

    private ExplainReport explain(RequestHead received) {
        String tier = properties.tier().label();
        RequestHead head = received.withFields(HopByHop.strip(received.fields()));
        if (CdnLoop.loops(head.fields(), properties.cdnId())) {
            return ExplainReport.of(tier, head, new Decision("refuse", "508: CDN-Loop names this tier", null));
        }
        RouteTable.Choice choice = routes.choice(head);
        if (choice.cached() == null) {
            return ExplainReport.of(tier, head, choice, new Decision("pass", choice.why(), null));
        }
        if (received.fields().contains("Upgrade")) {
            return ExplainReport.of(tier, head, choice, new Decision("pass", "Upgrade", null));
        }
        return ExplainReport.of(
                tier, head, choice, cache.explain(choice.cached(), head, RequestHeads.hasContent(received.fields())));
    }
}
