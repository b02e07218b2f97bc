package io.sallyport.pki;

import io.sallyport.pki.ca.UnusableFileException;
import io.sallyport.pki.command.Commands;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.annotation.ComponentScan;

/** The PKI service; with the name of a command as its first argument, that command instead. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration(
        // What the service does not use and only makes its start longer.
        excludeName = {
            "org.springframework.boot.autoconfigure.aop.AopAutoConfiguration",
            "org.springframework.boot.persistence.autoconfigure.PersistenceExceptionTranslationAutoConfiguration",
            "org.springframework.boot.webflux.autoconfigure.ReactiveMultipartAutoConfiguration",
            "org.springframework.boot.micrometer.observation.autoconfigure.ScheduledTasksObservationAutoConfiguration",
            "org.springframework.boot.health.autoconfigure.application.SslHealthContributorAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.ssl.SslMetricsAutoConfiguration",
            "org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration",
            "org.springframework.boot.health.autoconfigure.application.DiskSpaceHealthContributorAutoConfiguration",
            "org.springframework.boot.jdbc.autoconfigure.DataSourceInitializationAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.task.TaskExecutorMetricsAutoConfiguration",
            "org.springframework.boot.webflux.autoconfigure.error.ErrorWebFluxAutoConfiguration",
            "org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration",
            "org.springframework.boot.transaction.autoconfigure.TransactionManagerCustomizationAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.webflux.autoconfigure.WebSessionIdResolverAutoConfiguration"
        })
@ComponentScan(excludeFilters = @ComponentScan.Filter(ManagementContextConfiguration.class))
@EnableConfigurationProperties(PkiSettings.class)
public class PkiApplication {
    /** A failed start is told in one line, at the end of {@link #main}. */
    private static final String[] QUIET = {
        "logging.level.org.springframework=warn",
        "logging.level.org.springframework.boot.diagnostics.LoggingFailureAnalysisReporter=off",
        "logging.level.org.springframework.boot.web.server.reactive.context=error"
    };

    /** Starts the service under the profile {@code pki}, or runs a command. */
    public static void main(String[] arguments) {
        Commands.run(arguments).ifPresent(System::exit);
        // Java's engine, where OpenSSL's is not there: no tickets, since a resumed session bypasses the trust manager.
        System.setProperty("jdk.tls.server.newSessionTicketCount", "0");
        System.setProperty("jdk.tls.server.enableSessionTicketExtension", "false");
        try {
            new SpringApplicationBuilder(PkiApplication.class)
                    .profiles("pki")
                    .properties(QUIET)
                    .run(arguments);
        } catch (RuntimeException e) {
            System.err.println("pki-service: " + oneLine(e));
            System.exit(1);
        }
    }

    private static String oneLine(Throwable failure) {
        String last = failure.toString();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            last = String.valueOf(cause.getMessage());
            if (cause instanceof StartFailureException start) {
                return start.getMessage() + "; " + start.action();
            }
            if (cause instanceof UnusableFileException || cause instanceof PortInUseException) {
                break;
            }
        }
        return last.lines().findFirst().orElse("");
    }
}
