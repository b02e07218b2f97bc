package io.sallyport.gateway.reload;

import io.sallyport.gateway.client.Drain;
import io.sallyport.gateway.client.MinimumRate;
import io.sallyport.gateway.observe.AccessLog;
import io.sallyport.gateway.route.RouteTable;
import io.sallyport.gateway.setting.RegionalProperties;
import io.sallyport.gateway.upstream.RegionalLists;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.event.RefreshRoutesEvent;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.context.ApplicationEventPublisher;

/** What may change while the gate runs. Not thread-safe: one reload at a time. */
final class LiveSettings {
    private final GatewayProperties gateway;
    private final RouteTable table;
    private final RegionalLists lists;
    private final AccessLog accessLog;
    private final MinimumRate minimumRate;
    private final Drain drain;
    private final ApplicationEventPublisher events;
    private RegionalProperties regionals;

    LiveSettings(
            GatewayProperties gateway,
            RouteTable table,
            RegionalLists lists,
            AccessLog accessLog,
            MinimumRate minimumRate,
            Drain drain,
            ApplicationEventPublisher events,
            RegionalProperties regionals) {
        this.gateway = gateway;
        this.table = table;
        this.lists = lists;
        this.accessLog = accessLog;
        this.minimumRate = minimumRate;
        this.drain = drain;
        this.events = events;
        this.regionals = regionals;
    }

    /** Takes settings that have passed; throws, and leaves all as it was, where Spring does not take the routes. */
    void take(SettingsTrial.Passed passed) {
        List<RouteDefinition> routes = gateway.getRoutes();
        List<FilterDefinition> defaults = gateway.getDefaultFilters();
        // Until the routes have changed, both the former and the new ones find their lists.
        Map<String, List<java.net.URI>> both = new HashMap<>(regionals.regionals());
        both.putAll(passed.regionals().regionals());
        lists.replace(new RegionalProperties(both, passed.regionals().backOff()));
        try {
            routes(passed.gateway().getRoutes(), passed.gateway().getDefaultFilters());
        } catch (RuntimeException refused) {
            lists.replace(regionals);
            routes(routes, defaults);
            throw refused;
        }
        regionals = passed.regionals();
        lists.replace(regionals);
        accessLog.format(passed.gate().accessLog());
        minimumRate.set(passed.client());
        drain.set(passed.drain());
    }

    private void routes(List<RouteDefinition> routes, List<FilterDefinition> defaults) {
        gateway.setRoutes(routes);
        gateway.setDefaultFilters(defaults);
        table.refreshing(() -> events.publishEvent(new RefreshRoutesEvent(this)));
    }
}
