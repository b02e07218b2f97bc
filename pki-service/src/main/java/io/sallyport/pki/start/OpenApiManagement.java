package io.sallyport.pki.start;

import io.sallyport.pki.PkiPorts;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/** What the management port of this application has beside Spring's own: its door, and the description of the API. */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@ConditionalOnBean(PkiPorts.class)
class OpenApiManagement {
    @Bean
    ManagementDoor managementDoor(ManagementAccess access, WebEndpointProperties endpoints) {
        return new ManagementDoor(access, endpoints.getBasePath());
    }

    @Bean
    RouterFunction<ServerResponse> pkiOpenApi() {
        ClassPathResource description = new ClassPathResource("openapi.json", PkiPorts.class);
        return RouterFunctions.route()
                .GET(
                        "/openapi.json",
                        _ -> ServerResponse.ok()
                                .contentType(MediaType.APPLICATION_JSON)
                                .body(BodyInserters.fromResource(description)))
                .build();
    }
}
