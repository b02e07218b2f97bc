package io.sallyport.quickstart;

import java.net.BindException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.client.ReactorResourceFactory;

/** One of the Spring applications, running in this JVM as it would on its own. */
final class Member implements AutoCloseable {
    /** What every member is told; the banner and the progress lines are the output, not the log. */
    private static final List<String> COMMON_SETTINGS = List.of(
            "server.address=127.0.0.1",
            "server.shutdown=graceful",
            "management.server.address=127.0.0.1",
            "management.metrics.use-global-registry=false",
            "spring.main.banner-mode=off",
            "spring.main.log-startup-info=false",
            "spring.main.register-shutdown-hook=false",
            "logging.register-shutdown-hook=false",
            "logging.level.root=WARN",
            "logging.level.io.sallyport=WARN",
            "logging.level.org.hibernate.validator=ERROR",
            // A refusal to start is said in one line by the quickstart itself.
            "logging.level.org.springframework.boot.SpringApplication=OFF",
            "logging.level.org.springframework.boot.diagnostics.LoggingFailureAnalysisReporter=OFF",
            "logging.level.org.springframework.boot.web.server.reactive.context.AnnotationConfigReactiveWebServerApplicationContext=ERROR");

    private final String name;
    private final ConfigurableApplicationContext context;

    private Member(String name, ConfigurableApplicationContext context) {
        this.name = name;
        this.context = context;
    }

    /**
     * What a member is.
     *
     * @param name for people
     * @param application its main class
     * @param profile the profile of its role
     * @param foreignPackages packages whose auto-configuration belongs to other members on the same class path
     * @param drain how long it may wait for running requests when it ends
     * @param settings its own settings, as {@code name=value}
     */
    record Plan(
            String name,
            Class<?> application,
            String profile,
            List<String> foreignPackages,
            Duration drain,
            List<String> settings) {
        Plan {
            foreignPackages = List.copyOf(foreignPackages);
            settings = List.copyOf(settings);
        }
    }

    /** Starts a member; answers when it serves, or throws a {@link CannotStartException} of one line. */
    static Member start(Plan plan, Ports ports) {
        List<String> arguments = new ArrayList<>();
        COMMON_SETTINGS.forEach(setting -> arguments.add("--" + setting));
        arguments.add(
                "--spring.lifecycle.timeout-per-shutdown-phase=" + plan.drain().toMillis() + "ms");
        arguments.add("--sallyport.drain.delay=0s");
        arguments.add("--sallyport.drain.timeout=" + plan.drain().toMillis() + "ms");
        arguments.add(
                "--spring.autoconfigure.exclude=" + String.join(",", autoConfigurationIn(plan.foreignPackages())));
        plan.settings().forEach(setting -> arguments.add("--" + setting));
        try {
            SpringApplicationBuilder builder = new SpringApplicationBuilder(plan.application())
                    .profiles(plan.profile())
                    .registerShutdownHook(false)
                    .initializers(ownEventLoops());
            OneAtATime.setUpLogging(builder.application());
            return new Member(plan.name(), builder.run(arguments.toArray(String[]::new)));
        } catch (RuntimeException e) {
            throw refusal(plan.name(), e, ports);
        }
    }

    /** Answers a port that the member has chosen, by the property in which it says so. */
    int port(String property) {
        return context.getEnvironment().getRequiredProperty(property, Integer.class);
    }

    /** Answers a part of the member that tells more than its settings do. */
    <T> T part(Class<T> type) {
        return context.getBean(type);
    }

    String name() {
        return name;
    }

    @Override
    public void close() {
        context.close();
    }

    private static List<String> autoConfigurationIn(List<String> packages) {
        return StreamSupport.stream(
                        ImportCandidates.load(AutoConfiguration.class, Member.class.getClassLoader())
                                .spliterator(),
                        false)
                .filter(candidate -> packages.stream().anyMatch(p -> candidate.startsWith(p + ".")))
                .sorted()
                .toList();
    }

    /** Shared event loops would end with the first member that ends, and idle ones need no time to end. */
    private static ApplicationContextInitializer<ConfigurableApplicationContext> ownEventLoops() {
        return context -> context.getBeanFactory().addBeanPostProcessor(new BeanPostProcessor() {
            @Override
            public Object postProcessBeforeInitialization(Object bean, String beanName) {
                if (bean instanceof ReactorResourceFactory resources) {
                    resources.setUseGlobalResources(false);
                    resources.setShutdownQuietPeriod(Duration.ZERO);
                    resources.setShutdownTimeout(Duration.ofMillis(500));
                }
                return bean;
            }
        });
    }

    private static CannotStartException refusal(String name, RuntimeException e, Ports ports) {
        Throwable last = e;
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            last = cause;
            if (cause instanceof PortInUseException inUse) {
                return ports.taken(inUse.getPort());
            }
        }
        if (last instanceof BindException) {
            return new CannotStartException(
                    "%s found a port taken: %s".formatted(name, CannotStartException.reason(last)), e);
        }
        return new CannotStartException("%s could not start: %s".formatted(name, CannotStartException.reason(last)), e);
    }
}
