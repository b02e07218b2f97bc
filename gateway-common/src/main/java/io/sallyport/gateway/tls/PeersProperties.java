package io.sallyport.gateway.tls;

import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings {@code sallyport.peers.*}: which nodes of the accepted role count as peers.
 *
 * @param allow the only nodes that count as peers; all where it is empty [names of nodes]
 * @param deny nodes that do not count as peers [names of nodes]
 * @param denyFile more of them, one name in a line; read every second [a file]
 */
@ConfigurationProperties(value = "sallyport.peers", ignoreUnknownFields = false)
public record PeersProperties(
        @DefaultValue Set<String> allow,
        @DefaultValue Set<String> deny,
        @Nullable Path denyFile) {
    public PeersProperties {
        allow = Set.copyOf(allow);
        deny = Set.copyOf(deny);
    }
}
