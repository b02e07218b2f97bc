package io.sallyport.gateway.management;

import io.sallyport.gateway.upstream.RegionalLists;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/** The actuator endpoint {@code upstreams}: the lists of regional gates, and which of them take requests. */
@Endpoint(id = "upstreams")
final class UpstreamsEndpoint {
    private final RegionalLists lists;

    UpstreamsEndpoint(RegionalLists lists) {
        this.lists = lists;
    }

    /**
     * What the endpoint shows.
     *
     * @param regionals by the list's name, in the order in which they are asked
     */
    record Report(Map<String, List<GateReport>> regionals) {}

    /**
     * One gate.
     *
     * @param state {@code up}, {@code down} or {@code half-open}
     * @param reason why it was last passed over; null where it never was
     */
    record GateReport(String uri, String state, @Nullable String reason) {}

    @ReadOperation
    Report report() {
        long now = System.nanoTime();
        Map<String, List<GateReport>> reports = new LinkedHashMap<>();
        lists.all()
                .forEach((name, gates) -> reports.put(
                        name,
                        gates.stream()
                                .map(gate -> new GateReport(
                                        gate.uri().toString(),
                                        gate.state(now)
                                                .name()
                                                .toLowerCase(Locale.ROOT)
                                                .replace('_', '-'),
                                        gate.reason().isEmpty() ? null : gate.reason()))
                                .toList()));
        return new Report(reports);
    }
}
