package io.sallyport.gateway.tls;

import io.sallyport.identity.node.NodeSettings.Announcements;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings {@code sallyport.pki.*}: where the node gets its certificates.
 *
 * @param url the PKI's base URL, where the node enrols and renews [{@code https://host:port}]
 * @param tokenFile a file with a one-time token; read only while the node has no valid certificate [a file]
 * @param announcements whether the node waits at the PKI for news of revocations ({@code await}) or only polls every 10 s
 *     ({@code ignore}), for a PKI behind something that cuts long requests [{@code await}, {@code ignore}]
 */
@ConfigurationProperties("sallyport.pki")
public record PkiProperties(
        @Nullable URI url,
        @Nullable Path tokenFile,
        @DefaultValue("await") Announcements announcements) {}
