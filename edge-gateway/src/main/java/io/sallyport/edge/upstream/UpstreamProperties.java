package io.sallyport.edge.upstream;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings {@code sallyport.upstream.*}: the regional gates as the edge sees them.
 *
 * @param serverName the name that a regional gate must prove and that is asked for by SNI; where it is not given, the
 *     host of the route's URI [a host name]
 * @param clientBundles the SSL bundle whose key and certificate are shown to a host, instead of the node's own [host →
 *     bundle]
 */
@ConfigurationProperties("sallyport.upstream")
public record UpstreamProperties(
        @Nullable String serverName, @DefaultValue Map<String, String> clientBundles) {
    public UpstreamProperties {
        clientBundles = Map.copyOf(clientBundles);
    }
}
