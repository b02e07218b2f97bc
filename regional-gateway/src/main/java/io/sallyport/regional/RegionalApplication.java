package io.sallyport.regional;

import io.sallyport.gateway.EnableGate;
import io.sallyport.gateway.GateApplication;
import io.sallyport.gateway.tls.EarlyIdentity;
import io.sallyport.gateway.tls.GateTls;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.ComponentScan;

/** The regional gateway. Runs under the profile {@code regional}, whose defaults are in {@code application-regional.yaml}. */
@SpringBootConfiguration
@EnableGate
@ComponentScan
public class RegionalApplication {
    /** Starts the regional gateway. */
    public static void main(String[] arguments) {
        GateTls.prepareJvm();
        GateApplication.run(
                new SpringApplicationBuilder(RegionalApplication.class).profiles("regional"),
                new EarlyIdentity(),
                arguments);
    }
}
