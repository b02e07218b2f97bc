package io.sallyport.gateway.reload;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sallyport.gateway.setting.RootMessage;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Takes changed configuration files without a restart: as a whole, or not at all. Asked by hand, or on its own when a file
 * has changed and has stayed the same from one look to the next. Meters: {@code sallyport.config.reloads} by result and
 * {@code sallyport.config.last.success}.
 */
public final class Reload implements SmartLifecycle {
    /** What is taken without a restart. */
    static final List<ConfigurationPropertyName> RELOADED = List.of(
            ConfigurationPropertyName.of("spring.cloud.gateway.server.webflux.routes"),
            ConfigurationPropertyName.of("spring.cloud.gateway.server.webflux.default-filters"),
            ConfigurationPropertyName.of("sallyport.upstream.regionals"),
            ConfigurationPropertyName.of("sallyport.upstream.back-off"),
            ConfigurationPropertyName.of("sallyport.access-log"),
            ConfigurationPropertyName.of("sallyport.client.minimum-rate"),
            ConfigurationPropertyName.of("sallyport.client.minimum-rate-over"),
            ConfigurationPropertyName.of("sallyport.drain"));

    private static final Logger log = LoggerFactory.getLogger(Reload.class);
    private static final long LOOK_MILLIS = 1000;

    private final ConfigurableEnvironment started;
    private final SettingsTrial trial;
    private final LiveSettings live;
    private final boolean watch;
    private final InstantSource clock;
    private final Counter successes;
    private final Counter refusals;
    private volatile Instant lastSuccess;
    private volatile @Nullable String refusal;
    private volatile Set<String> waiting = Set.of();
    private List<Path> files;
    private List<String> judged;
    private List<String> seen;
    private @Nullable ScheduledExecutorService watcher;

    /** What became of it. */
    public sealed interface Outcome {
        /**
         * Taken.
         *
         * @param routes the ids of the routes, in order
         * @param restart changed settings that count from the next start on
         */
        public record Taken(List<String> routes, Set<String> restart) implements Outcome {}

        /** Not taken: all goes on as before. */
        public record Refused(String reason) implements Outcome {}
    }

    Reload(
            ConfigurableEnvironment environment,
            SettingsTrial trial,
            LiveSettings live,
            boolean watch,
            InstantSource clock,
            MeterRegistry registry) {
        this.started = environment;
        this.trial = trial;
        this.live = live;
        this.watch = watch;
        this.clock = clock;
        this.lastSuccess = clock.instant();
        this.files = FreshSettings.files(environment);
        this.judged = FreshSettings.contents(files);
        this.seen = judged;
        this.successes = counter(registry, "success");
        this.refusals = counter(registry, "refused");
        Gauge.builder("sallyport.config.last.success", this, reload -> reload.lastSuccess.toEpochMilli() / 1000.0)
                .baseUnit("seconds")
                .description("When the configuration in force was read, since the epoch")
                .register(registry);
    }

    private static Counter counter(MeterRegistry registry, String result) {
        return Counter.builder("sallyport.config.reloads")
                .tag("result", result)
                .description("Reloads of the configuration by result")
                .register(registry);
    }

    Instant lastSuccess() {
        return lastSuccess;
    }

    /** Why the last reload was refused; empty where it was not. */
    Optional<String> refusal() {
        return Optional.ofNullable(refusal);
    }

    /** Changed settings that count from the next start on. */
    Set<String> waiting() {
        return waiting;
    }

    /** Reads the files, and takes what they say if all of it is good. Blocks; one at a time. */
    public synchronized Outcome reload() {
        ConfigurableEnvironment fresh = null;
        try {
            fresh = FreshSettings.read(started);
            SettingsTrial.Passed passed = trial.judge(fresh);
            live.take(passed);
            return taken(fresh, passed.gateway());
        } catch (RuntimeException refused) {
            String reason = reason(fresh, refused);
            refusal = reason;
            refusals.increment();
            log.error("event=reload-refused reason=\"{}\"", reason);
            return new Outcome.Refused(reason);
        }
    }

    private Outcome taken(ConfigurableEnvironment fresh, GatewayProperties gateway) {
        List<String> routes = gateway.getRoutes().stream()
                .map(route -> String.valueOf(route.getId()))
                .toList();
        Set<String> restart = FreshSettings.changed(started, fresh, RELOADED);
        files = FreshSettings.files(fresh);
        lastSuccess = clock.instant();
        refusal = null;
        waiting = restart;
        successes.increment();
        log.info("event=reloaded routes={}", routes);
        if (!restart.isEmpty()) {
            log.warn("event=restart-needed settings={}", restart);
        }
        return new Outcome.Taken(routes, restart);
    }

    /** What a start would say, and where the entry stands. */
    private String reason(@Nullable ConfigurableEnvironment fresh, RuntimeException refused) {
        if (fresh == null) {
            String file = FreshSettings.unreadable(files);
            return (file.isEmpty() ? "" : file + ": ") + RootMessage.of(refused);
        }
        for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
            if (cause instanceof SettingsTrial.OfRouteException route) {
                return at(FreshSettings.origin(fresh, route.setting()), route.getMessage());
            }
            if (cause instanceof BindException bind) {
                String name = bind.getName().toString();
                return at(
                        bind.getProperty() == null
                                ? FreshSettings.origin(fresh, name)
                                : String.valueOf(bind.getProperty().getOrigin()),
                        name + ": " + RootMessage.of(bind));
            }
        }
        return RootMessage.of(refused);
    }

    private static String at(String origin, @Nullable String message) {
        return origin.isEmpty() || origin.equals("null") ? String.valueOf(message) : origin + ": " + message;
    }

    private void look() {
        try {
            List<String> now;
            synchronized (this) {
                now = FreshSettings.contents(files);
                boolean stayed = now.equals(seen);
                seen = now;
                if (!stayed || now.equals(judged)) {
                    return;
                }
                judged = now;
            }
            reload();
            synchronized (this) {
                judged = FreshSettings.contents(files);
                seen = judged;
            }
        } catch (RuntimeException e) {
            log.error("event=reload-failed", e);
        }
    }

    @Override
    public void start() {
        if (watch && !files.isEmpty() && watcher == null) {
            ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("config-watch").factory());
            var _ = thread.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
            watcher = thread;
        }
    }

    @Override
    public void stop() {
        ScheduledExecutorService running = watcher;
        if (running != null) {
            running.shutdownNow();
            watcher = null;
        }
    }

    @Override
    public boolean isRunning() {
        return watcher != null;
    }
}
