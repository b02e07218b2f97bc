package io.sallyport.gateway.setting;

import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Lists of gates that stand in for one another, prefix {@code sallyport.upstream}.
 *
 * @param regionals by name, the gates in the order in which they are asked; a route whose URI is {@code regional://NAME}
 *     goes to one of them [name → {@code https://host:port}, …]
 * @param backOff how long a gate that failed is passed over [more than 0]
 */
@ConfigurationProperties("sallyport.upstream")
public record RegionalProperties(
        @DefaultValue Map<String, List<URI>> regionals,
        @DefaultValue("5s") Duration backOff) {
    private static final String NAME = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";

    public RegionalProperties {
        Map<String, List<URI>> checked = new LinkedHashMap<>();
        regionals.forEach((name, gates) -> checked.put(name, check(name, gates)));
        regionals = Map.copyOf(checked);
        if (!backOff.isPositive()) {
            throw new IllegalArgumentException("sallyport.upstream.back-off must be positive: " + backOff);
        }
    }

    private static List<URI> check(String name, List<URI> gates) {
        String setting = "sallyport.upstream.regionals." + name;
        if (!name.matches(NAME)) {
            throw new IllegalArgumentException(
                    setting + " must be named with a-z, 0-9 and hyphens, as the host of regional://NAME");
        }
        if (gates.isEmpty()) {
            throw new IllegalArgumentException(setting + " must name at least one gate, such as https://regional:9443");
        }
        Set<URI> once = new HashSet<>();
        for (URI gate : gates) {
            if (!isGate(gate)) {
                throw new IllegalArgumentException(setting + " must hold https://host:port: " + gate);
            }
            if (!once.add(gate)) {
                throw new IllegalArgumentException(setting + " must name each gate once: " + gate);
            }
        }
        return List.copyOf(gates);
    }

    private static boolean isGate(URI uri) {
        return ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))
                && uri.getHost() != null
                && uri.getRawUserInfo() == null
                && uri.getRawQuery() == null
                && uri.getRawFragment() == null
                && (uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"));
    }
}
