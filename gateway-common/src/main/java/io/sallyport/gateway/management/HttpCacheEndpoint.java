package io.sallyport.gateway.management;

import io.sallyport.cache.store.ResponseStore;
import io.sallyport.cache.store.StoreUsage;
import io.sallyport.gateway.observe.CacheMeters;
import io.sallyport.gateway.observe.CacheMeters.Counts;
import io.sallyport.gateway.request.ClientExchange.Outcome;
import io.sallyport.gateway.setting.GateProperties;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/** The actuator endpoint {@code httpcache}: requests, bytes and ratios by route, and how full the store is. */
@Endpoint(id = "httpcache")
final class HttpCacheEndpoint {
    private final String tier;
    private final CacheMeters meters;
    private final ResponseStore store;

    HttpCacheEndpoint(GateProperties properties, CacheMeters meters, ResponseStore store) {
        this.tier = properties.tier().label();
        this.meters = meters;
        this.store = store;
    }

    /** What the endpoint shows. */
    record Report(String tier, Map<String, RouteReport> routes, StoreUsage store) {}

    /**
     * The numbers of one route.
     *
     * @param hitRatio the share of requests that needed no fetch of their own; 0 where there were none
     * @param bytesFromStore bytes of content sent that came from the store or from another's fetch
     * @param byteHitRatio their share of all bytes
     */
    record RouteReport(
            long requests,
            Map<String, Long> outcomes,
            double hitRatio,
            long bytes,
            long bytesFromStore,
            double byteHitRatio) {}

    @ReadOperation
    Report report() {
        Map<String, RouteReport> routes = new LinkedHashMap<>();
        meters.counts().forEach((route, counts) -> routes.put(route, report(counts)));
        return new Report(tier, routes, store.usage());
    }

    private static RouteReport report(Map<Outcome, Counts> counts) {
        Map<String, Long> outcomes = new LinkedHashMap<>();
        long requests = 0;
        long fromStore = 0;
        long bytes = 0;
        long bytesFromStore = 0;
        for (Map.Entry<Outcome, Counts> entry : counts.entrySet()) {
            Counts count = entry.getValue();
            outcomes.put(entry.getKey().label(), count.requests());
            requests += count.requests();
            bytes += count.bytes();
            if (entry.getKey().isFromStore()) {
                fromStore += count.requests();
                bytesFromStore += count.bytes();
            }
        }
        return new RouteReport(
                requests, outcomes, ratio(fromStore, requests), bytes, bytesFromStore, ratio(bytesFromStore, bytes));
    }

    private static double ratio(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }
}
