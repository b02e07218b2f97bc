package io.sallyport.gateway.setting;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of a gate's management port, prefix {@code sallyport.management}.
 *
 * @param hosts names, beside those of the loopback and the port's own address, under which the management port takes
 *     writes [host names]
 * @param tokenFile holds the token that the management port asks for, as Bearer or as the password of Basic; read at
 *     start; needed, or TLS with client certificates, where the port is not on the loopback [a file with 32 to 1024
 *     visible ASCII characters]
 */
@ConfigurationProperties(value = "sallyport.management", ignoreUnknownFields = false)
public record ManagementProperties(
        @DefaultValue List<String> hosts, @Nullable Path tokenFile) {
    public ManagementProperties {
        hosts = List.copyOf(hosts);
    }
}
