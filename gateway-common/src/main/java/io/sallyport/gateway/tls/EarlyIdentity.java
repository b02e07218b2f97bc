package io.sallyport.gateway.tls;

import io.netty.handler.ssl.OpenSsl;
import io.sallyport.identity.node.NodeIdentity;
import io.sallyport.identity.node.NodeSettings;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.DefaultSingletonBeanRegistry;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

/**
 * Gets the node's identity while Spring makes the context: both take long, and the first one mostly waits for the PKI. The
 * native TLS engine is loaded beside them too.
 */
public final class EarlyIdentity implements ApplicationContextInitializer<ConfigurableApplicationContext> {
    private static final Logger LOG = LoggerFactory.getLogger(EarlyIdentity.class);

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        beside("native-tls", OpenSsl::isAvailable);
        NodeSettings settings;
        try {
            settings = settings(context.getEnvironment());
        } catch (RuntimeException e) {
            LOG.debug("event=no-early-identity", e); // what is wrong with the settings is said where Spring binds them
            return;
        }
        Pending pending = new Pending(settings);
        ConfigurableListableBeanFactory beans = context.getBeanFactory();
        beans.registerSingleton("earlyIdentity", pending);
        ((DefaultSingletonBeanRegistry) beans).registerDisposableBean("earlyIdentity", pending);
    }

    private static NodeSettings settings(Environment environment) {
        Binder binder = Binder.get(environment);
        return binder.bindOrCreate("sallyport.node", NodeProperties.class)
                .settings(
                        binder.bindOrCreate("sallyport.pki", PkiProperties.class),
                        environment.getProperty("sallyport.trust-domain", NodeSettings.TRUST_DOMAIN));
    }

    private static void beside(String name, Runnable work) {
        Thread.ofPlatform().daemon().name(name).start(work);
    }

    /** An identity that is being got. */
    static final class Pending implements DisposableBean {
        private final CompletableFuture<NodeIdentity> identity = new CompletableFuture<>();

        private Pending(NodeSettings settings) {
            beside("early-identity", () -> {
                try {
                    identity.complete(NodeIdentity.start(settings, InstantSource.system()));
                } catch (RuntimeException e) {
                    identity.completeExceptionally(e);
                }
            });
        }

        /** Waits for the identity; throws what {@link NodeIdentity#start} threw. */
        NodeIdentity get() {
            try {
                return identity.join();
            } catch (CompletionException e) {
                throw e.getCause() instanceof RuntimeException cause ? cause : e;
            }
        }

        /** A context that could not be made leaves no identity behind. */
        @Override
        public void destroy() {
            var _ = identity.thenAccept(NodeIdentity::close);
        }
    }
}
