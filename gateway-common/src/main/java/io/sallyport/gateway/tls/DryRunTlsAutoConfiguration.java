package io.sallyport.gateway.tls;

import io.sallyport.gateway.GateApplication;
import io.sallyport.gateway.reload.DryRunSection;
import io.sallyport.identity.Credentials;
import io.sallyport.identity.IdentityException;
import io.sallyport.identity.node.NodeIdentity;
import io.sallyport.identity.node.NodeSettings;
import io.sallyport.identity.node.NodeSettings.Source;
import java.nio.file.Files;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;

/** Tries the settings of a gate's TLS: files are read, the PKI is not asked. */
@AutoConfiguration
@ConditionalOnProperty("sallyport.node.role")
@ConditionalOnBooleanProperty(GateApplication.DRY_RUN)
@EnableConfigurationProperties({
    NodeProperties.class,
    PkiProperties.class,
    TlsProperties.class,
    PeersProperties.class,
    ExpiryProperties.class
})
class DryRunTlsAutoConfiguration {
    @Bean
    @Order(3)
    DryRunSection identitySection(
            NodeProperties node,
            PkiProperties pki,
            @Value("${sallyport.trust-domain:" + NodeSettings.TRUST_DOMAIN + "}") String trustDomain,
            ObjectProvider<InstantSource> clock) {
        NodeSettings settings = node.settings(pki, trustDomain);
        List<String> lines = new ArrayList<>(List.of(
                "node: " + settings.id() + ", role " + settings.role().segment() + " in " + settings.trustDomain()));
        switch (settings.source()) {
            case Source.Files files -> lines.add(files(files, settings, clock.getIfAvailable(InstantSource::system)));
            case Source.Pki(var url, var tokenFile, var state, var announcements) -> {
                boolean enrolled = Files.exists(state.resolve("chain.pem"));
                if (!enrolled && (tokenFile == null || !Files.isReadable(tokenFile))) {
                    throw new IdentityException("the node has no certificate yet; put a one-time token of the PKI into "
                            + (tokenFile == null ? "a file and name it by sallyport.pki.token-file" : tokenFile));
                }
                lines.add("  state " + state + ", news of revocations: "
                        + announcements.name().toLowerCase(Locale.ROOT)
                        + (enrolled
                                ? ", which holds a certificate; renewed at " + url
                                : "; will enrol at " + url + " with the token in " + tokenFile));
            }
        }
        return () -> lines;
    }

    private static String files(Source.Files files, NodeSettings settings, InstantSource clock) {
        try (NodeIdentity identity = NodeIdentity.start(settings, clock)) {
            Credentials read = identity.current();
            return "  key " + files.key() + ", chain " + files.chain() + ", trust " + files.trust() + ", lists "
                    + files.crl() + ": valid until " + read.notAfter();
        }
    }

    @Bean
    @Order(4)
    DryRunSection listenerSection(
            ServerProperties server, NodeProperties node, SslBundles bundles, ObjectProvider<InstantSource> clock) {
        @Nullable Ssl ssl = server.getSsl();
        @Nullable String bundle = ssl == null ? null : ssl.getBundle();
        if (ssl == null || bundle == null || !ssl.isEnabled()) {
            return () -> List.of("listener's TLS: none of a bundle");
        }
        if (bundle.equals(NodeBundle.NAME)) {
            LiveServerCustomizer.checkNodeListener(node.role(), ssl);
            return () -> List.of("listener's TLS: the node's, client certificate required");
        }
        List<String> lines = new ArrayList<>(List.of("listener's TLS: bundle " + bundle));
        try {
            for (X509Certificate leaf : new CustomerCertificates(
                            bundles, ssl, bundle, clock.getIfAvailable(InstantSource::system))
                    .leaves()) {
                lines.add("  " + leaf.getSubjectX500Principal() + " valid until "
                        + leaf.getNotAfter().toInstant());
            }
        } catch (RuntimeException unusable) {
            throw UnusableBundleException.of(bundle, unusable);
        }
        return () -> lines;
    }
}
