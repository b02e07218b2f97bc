package io.sallyport.edge.customer;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires what faces customers. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(EdgeProperties.class)
class CustomerConfiguration {
    @Bean
    RedirectListener redirectListener(
            EdgeProperties properties,
            @Value("${server.address:0.0.0.0}") String address,
            WebServerApplicationContext context) {
        return new RedirectListener(properties, address, context);
    }
}
