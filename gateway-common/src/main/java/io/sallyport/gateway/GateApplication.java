package io.sallyport.gateway;

import io.sallyport.gateway.reload.DryRunSection;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;

/**
 * Runs a gate from its command line. With {@code --dry-run} the settings are judged as at a start and printed as they were
 * understood; no listener is opened, nothing is sent, and no certificate is asked for.
 */
public final class GateApplication {
    /** The setting by which the parts of a gate know that it only tries its settings. */
    public static final String DRY_RUN = "sallyport.dry-run";

    private static final String OPTION = "--dry-run";

    private GateApplication() {}

    /**
     * Starts the gate, or tries its settings.
     *
     * @param beside begins what a real start does while its context is made
     * @throws RuntimeException if the settings are not good; why has been said already, and the process ends with status 1
     */
    public static void run(
            SpringApplicationBuilder gate, ApplicationContextInitializer<?> beside, String... arguments) {
        if (Arrays.asList(arguments).contains(OPTION)) {
            dryRun(gate.build(), System.out, arguments);
        } else {
            LeanStart.prepareJvm();
            gate.initializers(beside).run(arguments);
        }
    }

    /** Tries the settings and prints what they say. */
    static void dryRun(SpringApplication application, PrintStream out, String... arguments) {
        application.setRegisterShutdownHook(false);
        application.setLogStartupInfo(false);
        application.addInitializers(context -> context.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        "dry-run",
                        Map.of(
                                DRY_RUN,
                                true,
                                "management.server.port",
                                -1,
                                "sallyport.edge.http-port",
                                -1,
                                "sallyport.reload.watch",
                                false))));
        String[] settings = Arrays.stream(arguments)
                .filter(argument -> !argument.equals(OPTION))
                .toArray(String[]::new);
        try (ConfigurableApplicationContext context = application.run(settings)) {
            context.getBeanProvider(DryRunSection.class)
                    .orderedStream()
                    .forEach(section -> section.lines().forEach(out::println));
            out.println("the configuration is good; nothing was opened or sent");
        }
    }
}
