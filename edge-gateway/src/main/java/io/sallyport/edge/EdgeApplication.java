package io.sallyport.edge;

import io.sallyport.gateway.EnableGate;
import io.sallyport.gateway.GateApplication;
import io.sallyport.gateway.tls.EarlyIdentity;
import io.sallyport.gateway.tls.GateTls;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.ComponentScan;

/** The edge gateway. Runs under the profile {@code edge}, whose defaults are in {@code application-edge.yaml}. */
@SpringBootConfiguration
@EnableGate
@ComponentScan
public class EdgeApplication {
    /** Starts the edge gateway. */
    public static void main(String[] arguments) {
        GateApplication.run(
                new SpringApplicationBuilder(EdgeApplication.class)
                        .profiles("edge")
                        .listeners(GateTls.prepareJvmWhereNeeded()),
                new EarlyIdentity(),
                arguments);
    }
}
