package io.sallyport.regional;

import io.sallyport.gateway.GateApplication;
import io.sallyport.gateway.tls.GateTls;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.ComponentScan;

/** The regional gateway. Runs under the profile {@code regional}, whose defaults are in {@code application-regional.yaml}. */
@SpringBootConfiguration
@EnableAutoConfiguration(
        // The gate's own meters say what these would, at a tenth of what a pass costs.
        excludeName = {
            "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
            "org.springframework.boot.micrometer.observation.autoconfigure.ScheduledTasksObservationAutoConfiguration",
            "org.springframework.cloud.gateway.config.GatewayMetricsAutoConfiguration"
        })
@ComponentScan
public class RegionalApplication {
    /** Starts the regional gateway. */
    public static void main(String[] arguments) {
        GateTls.prepareJvm();
        GateApplication.run(new SpringApplicationBuilder(RegionalApplication.class).profiles("regional"), arguments);
    }
}
