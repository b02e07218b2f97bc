package io.sallyport.pki.start;

import io.sallyport.pki.PkiSettings;
import io.sallyport.pki.StartFailureException;
import io.sallyport.pki.authority.CallerJudge;
import io.sallyport.pki.authority.CeremonyImport;
import io.sallyport.pki.authority.EnrollmentDesk;
import io.sallyport.pki.authority.Housekeeping;
import io.sallyport.pki.authority.Issuance;
import io.sallyport.pki.authority.Issuers;
import io.sallyport.pki.authority.Ledger;
import io.sallyport.pki.authority.NodeDesk;
import io.sallyport.pki.authority.PkiEvents;
import io.sallyport.pki.authority.RenewalDesk;
import io.sallyport.pki.authority.RevocationDesk;
import io.sallyport.pki.authority.RevocationListPublisher;
import io.sallyport.pki.authority.RevocationNews;
import io.sallyport.pki.authority.Suspicion;
import io.sallyport.pki.ca.HierarchyFiles;
import io.sallyport.pki.ca.Role;
import io.sallyport.pki.policy.IssuancePolicy;
import io.sallyport.pki.policy.Profile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;

/** The authority: from the issuing CA to the desks that the API stands before. */
@Configuration(proxyBeanMethods = false)
class AuthorityConfiguration {
    private static final Logger log = LoggerFactory.getLogger(AuthorityConfiguration.class);
    private static final int PROFILE_VERSION = 1;

    @Bean
    @ConditionalOnMissingBean
    InstantSource pkiTime() {
        return InstantSource.system();
    }

    @Bean
    @ConditionalOnMissingBean
    SecureRandom pkiRandom() {
        return new SecureRandom();
    }

    /** Ends before the ledger does, on which its tasks work. */
    @Bean
    @DependsOn("pkiLedgerDataSource")
    ScheduledExecutorService pkiClockwork() {
        return new Clockwork();
    }

    @Bean
    Issuers pkiIssuers(PkiSettings settings, Ledger ledger, InstantSource time) {
        for (Path directory : HierarchyFiles.rootDirectories(settings.state())) {
            Path rootKey = directory.resolve(HierarchyFiles.ROOT_KEY);
            if (Files.exists(rootKey)) {
                log.warn(
                        "event=root-key-on-service file={} detail=\"whoever takes this machine can make CAs that every"
                                + " node trusts: keep the root's key offline, or treat this PKI as a throw-away\"",
                        rootKey);
            }
        }
        return new Issuers(settings.state(), settings.issuingPassphraseFile(), ledger, time);
    }

    @Bean
    RevocationNews pkiNews(PkiSettings settings) {
        return new RevocationNews(settings.maxWaiters());
    }

    /** Lets those go who wait for news before the servers wait for them. */
    @Bean
    SmartLifecycle pkiNewsEnd(RevocationNews news) {
        return new SmartLifecycle() {
            private volatile boolean running;

            @Override
            public void start() {
                running = true;
            }

            @Override
            public void stop() {
                running = false;
                news.end();
            }

            @Override
            public boolean isRunning() {
                return running;
            }
        };
    }

    @Bean
    IssuancePolicy pkiPolicy(PkiSettings settings) {
        Map<Role, Profile> profiles = new EnumMap<>(Role.class);
        for (Role role : Role.values()) {
            Duration ordinary = role == Role.ADMIN ? settings.adminLifetime() : settings.defaultLifetime();
            try {
                profiles.put(
                        role,
                        new Profile(
                                role,
                                PROFILE_VERSION,
                                settings.minimumLifetime(),
                                ordinary,
                                settings.maximumLifetime(),
                                settings.rsa()));
            } catch (IllegalArgumentException e) {
                throw new StartFailureException(
                        String.valueOf(e.getMessage()),
                        "set sallyport.pki.minimum-lifetime, default-lifetime, admin-lifetime and maximum-lifetime"
                                + " in this order",
                        e);
            }
        }
        return new IssuancePolicy(profiles, settings.trustDomain(), settings.publicUrl());
    }

    @Bean
    RevocationListPublisher pkiPublisher(
            PkiSettings settings,
            Ledger ledger,
            Issuers issuers,
            RevocationNews news,
            InstantSource time,
            ScheduledExecutorService pkiClockwork) {
        return new RevocationListPublisher(ledger, issuers, news, settings.state(), time, pkiClockwork);
    }

    @Bean
    Suspicion pkiSuspicion(Ledger ledger, RevocationListPublisher publisher, InstantSource time) {
        return new Suspicion(ledger, publisher, time);
    }

    @Bean
    CeremonyImport pkiCeremonyImport(PkiSettings settings, Ledger ledger, Issuers issuers, InstantSource time) {
        return new CeremonyImport(settings.state(), ledger, issuers, settings.trustDomain(), time);
    }

    @Bean
    CallerJudge pkiJudge(
            PkiSettings settings, Ledger ledger, Issuers issuers, CeremonyImport ceremonyImport, InstantSource time) {
        return new CallerJudge(ledger, issuers, ceremonyImport, settings.trustDomain(), time);
    }

    /** What has to be done before anybody is served: the bean exists when it is. */
    @Bean
    AuthorityStart pkiStart(
            Suspicion suspicion,
            RevocationListPublisher publisher,
            CeremonyImport ceremonyImport,
            Housekeeping housekeeping) {
        suspicion.sweepAtStart();
        publisher.start();
        ceremonyImport.run();
        housekeeping.start();
        return new AuthorityStart();
    }

    /** Proof that the authority is ready to serve. */
    static final class AuthorityStart {}

    @Bean
    Housekeeping pkiHousekeeping(
            PkiSettings settings,
            Ledger ledger,
            Suspicion suspicion,
            Issuers issuers,
            InstantSource time,
            ScheduledExecutorService pkiClockwork) {
        return new Housekeeping(ledger, suspicion, issuers, settings.retention(), time, pkiClockwork);
    }

    @Bean
    Issuance pkiIssuance(
            Ledger ledger,
            Issuers issuers,
            IssuancePolicy policy,
            Suspicion suspicion,
            PkiEvents events,
            InstantSource time,
            SecureRandom random) {
        return new Issuance(ledger, issuers, policy, suspicion, events, time, random);
    }

    @Bean
    EnrollmentDesk pkiEnrollmentDesk(
            Ledger ledger,
            Issuers issuers,
            IssuancePolicy policy,
            Issuance issuance,
            InstantSource time,
            SecureRandom random) {
        return new EnrollmentDesk(ledger, issuers, policy, issuance, time, random);
    }

    @Bean
    RenewalDesk pkiRenewalDesk(Ledger ledger, Issuers issuers, Issuance issuance, InstantSource time) {
        return new RenewalDesk(ledger, issuers, issuance, time);
    }

    @Bean
    NodeDesk pkiNodeDesk(Ledger ledger, RenewalDesk renewals, RevocationDesk revocations, InstantSource time) {
        return new NodeDesk(ledger, renewals, revocations, time);
    }

    @Bean
    RevocationDesk pkiRevocationDesk(
            Ledger ledger, RevocationListPublisher publisher, PkiEvents events, InstantSource time) {
        return new RevocationDesk(ledger, publisher, events, time);
    }
}
