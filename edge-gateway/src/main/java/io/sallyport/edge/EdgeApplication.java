package io.sallyport.edge;

import io.sallyport.gateway.GateApplication;
import io.sallyport.gateway.tls.GateTls;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.ComponentScan;

/** The edge gateway. Runs under the profile {@code edge}, whose defaults are in {@code application-edge.yaml}. */
@SpringBootConfiguration
@EnableAutoConfiguration(
        // The gate's own meters say what these would, at a tenth of what a pass costs.
        excludeName = {
            "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
            "org.springframework.boot.micrometer.observation.autoconfigure.ScheduledTasksObservationAutoConfiguration",
            "org.springframework.cloud.gateway.config.GatewayMetricsAutoConfiguration"
        })
@ComponentScan
public class EdgeApplication {
    /** Starts the edge gateway. */
    public static void main(String[] arguments) {
        GateApplication.run(
                new SpringApplicationBuilder(EdgeApplication.class)
                        .profiles("edge")
                        .listeners(GateTls.prepareJvmWhereNeeded()),
                arguments);
    }
}
