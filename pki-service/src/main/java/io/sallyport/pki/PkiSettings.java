package io.sallyport.pki;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The settings {@code sallyport.pki.*}.
 *
 * @param state the ceremony's output, the ledger (H2) and the published list [a directory]
 * @param bind of both listeners [an address]
 * @param port of the nodes' listener; 0 takes a free one [0 to 65535]
 * @param adminPort of the admins' listener; 0 takes a free one [0 to 65535]
 * @param trustDomain the host of the URIs in certificates [that of the ceremony]
 * @param name of this service in its own certificate [a node's name]
 * @param serverNames the DNS names and addresses in its own certificate [names that the issuing CA may certify]
 * @param publicUrl a place where you serve the revocation lists: becomes the CRL distribution point, {@code
 *     URL/pki/issuers/ID.crl} [an {@code http://} URL]
 * @param issuingPassphraseFile holds the passphrase of the issuing CAs' keys [a file]
 * @param minimumLifetime the shortest life of a certificate [at most {@code default-lifetime}]
 * @param defaultLifetime the life of a node's certificate where none is asked for [between the two others]
 * @param maximumLifetime the longest life of a certificate [at least {@code default-lifetime}]
 * @param adminLifetime the life of an admin's certificate where none is asked for [between the two]
 * @param rsa whether RSA keys of 3072 to 4096 bits are certified beside P-256 and P-384
 * @param javaTls whether Java's TLS engine is used where OpenSSL's is there as well
 * @param maxWaiters how many nodes at most wait for news at a time; who comes then gets 503 and polls [0 to 1000000]
 * @param retention how long certificates are remembered after their end
 */
@Validated
@ConfigurationProperties(value = "sallyport.pki", ignoreUnknownFields = false)
public record PkiSettings(
        @DefaultValue("./pki-state") Path state,
        @DefaultValue("127.0.0.1") String bind,
        @DefaultValue("7443") @Min(0) @Max(65535) int port,
        @DefaultValue("7444") @Min(0) @Max(65535) int adminPort,
        @DefaultValue("sallyport.internal") String trustDomain,
        @DefaultValue("pki") String name,
        @DefaultValue({"localhost", "127.0.0.1", "::1"}) List<String> serverNames,
        @Nullable URI publicUrl,
        @Nullable Path issuingPassphraseFile,
        @DefaultValue("1h") Duration minimumLifetime,
        @DefaultValue("72h") Duration defaultLifetime,
        @DefaultValue("90d") Duration maximumLifetime,
        @DefaultValue("30d") Duration adminLifetime,
        @DefaultValue("false") boolean rsa,
        @DefaultValue("false") boolean javaTls,
        @DefaultValue("10000") @Min(0) @Max(1000000) int maxWaiters,
        @DefaultValue("90d") Duration retention) {
    public PkiSettings {
        serverNames = List.copyOf(serverNames);
        if (publicUrl != null && !"http".equals(publicUrl.getScheme())) {
            throw new IllegalArgumentException(
                    "sallyport.pki.public-url must be an http:// URL, since who checks https needs the list first: "
                            + publicUrl);
        }
    }
}
