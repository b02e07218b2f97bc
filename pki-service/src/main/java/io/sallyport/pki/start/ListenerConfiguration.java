package io.sallyport.pki.start;

import io.sallyport.pki.PkiPorts;
import io.sallyport.pki.PkiSettings;
import io.sallyport.pki.StartFailureException;
import io.sallyport.pki.authority.CallerJudge;
import io.sallyport.pki.authority.Issuance;
import io.sallyport.pki.authority.Issuers;
import io.sallyport.pki.authority.Ledger;
import io.sallyport.pki.ca.Role;
import io.sallyport.pki.ca.SubjectAltNames;
import io.sallyport.pki.ledger.Node;
import io.sallyport.pki.listener.AdminServer;
import io.sallyport.pki.listener.Listener;
import io.sallyport.pki.listener.Listeners;
import io.sallyport.pki.listener.ServerIdentity;
import io.sallyport.pki.policy.RefusedException;
import io.sallyport.pki.start.AuthorityConfiguration.AuthorityStart;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.server.reactive.HttpHandler;

/** The two listeners. */
@Configuration(proxyBeanMethods = false)
class ListenerConfiguration {
    @Bean
    ServerIdentity pkiServerIdentity(
            PkiSettings settings,
            AuthorityStart started,
            Ledger ledger,
            Issuance issuance,
            Issuers issuers,
            InstantSource time,
            SecureRandom random,
            ScheduledExecutorService pkiClockwork) {
        try {
            Node node = new Node(settings.name(), Role.PKI, SubjectAltNames.ofHosts(settings.serverNames()));
            return new ServerIdentity(node, ledger, issuance, issuers, time, random, pkiClockwork);
        } catch (RefusedException e) {
            throw new StartFailureException(
                    "the service cannot issue its own certificate: " + e.getMessage() + " "
                            + e.refusal().violations(),
                    "set sallyport.pki.server-names and trust-domain to what the issuing CA may certify",
                    e);
        } catch (IllegalArgumentException e) {
            throw new StartFailureException(
                    String.valueOf(e.getMessage()), "correct sallyport.pki.name or server-names", e);
        }
    }

    /** Runs the judgement over client certificates, which asks the ledger. */
    @Bean(destroyMethod = "shutdownNow")
    ExecutorService pkiJudgement() {
        return Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("pki-judgement-", 0).factory());
    }

    @Bean
    Listeners pkiListeners(
            PkiSettings settings,
            ServerIdentity identity,
            CallerJudge judge,
            @Qualifier("pkiJudgement") ExecutorService pkiJudgement) {
        return new Listeners(identity, judge, settings.javaTls(), pkiJudgement);
    }

    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> pkiNodeListener(
            PkiSettings settings, Listeners listeners) {
        return factory -> {
            factory.setPort(settings.port());
            factory.setAddress(address(settings.bind()));
            var tls = listeners.tls(Listener.NODE);
            factory.addServerCustomizers(server -> server.secure(spec -> spec.sslContext(tls))
                    .mapHandle((answer, connection) ->
                            answer.contextWrite(context -> context.put(Listener.class, Listener.NODE))));
        };
    }

    private static InetAddress address(String bind) {
        try {
            return InetAddress.getByName(bind);
        } catch (UnknownHostException e) {
            throw new StartFailureException(
                    "sallyport.pki.bind is no address: " + bind, "set it to an address of this machine", e);
        }
    }

    @Bean
    AdminServer pkiAdminServer(PkiSettings settings, Listeners listeners, ObjectProvider<HttpHandler> handler) {
        return new AdminServer(settings.bind(), settings.adminPort(), listeners.tls(Listener.ADMIN), handler);
    }

    @Bean
    PkiPorts pkiPorts(ApplicationContext context, AdminServer adminServer) {
        return new PkiPorts() {
            @Override
            public int node() {
                var server = context instanceof WebServerApplicationContext web ? web.getWebServer() : null;
                if (server == null) {
                    throw new IllegalStateException("the nodes' listener is not started");
                }
                return server.getPort();
            }

            @Override
            public int admin() {
                return adminServer.port();
            }
        };
    }
}
