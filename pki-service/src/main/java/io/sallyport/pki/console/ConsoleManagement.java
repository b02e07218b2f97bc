package io.sallyport.pki.console;

import io.sallyport.pki.PkiPorts;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/** The console of the management port: it shows, and has nothing that changes anything. */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@ConditionalOnBean(PkiPorts.class)
class ConsoleManagement {
    @Bean
    RouterFunction<ServerResponse> managementConsole(ConsoleData data) {
        ConsoleFiles files = ConsoleFiles.forManagement();
        return RouterFunctions.route()
                .GET("/", ConsoleFiles::toPage)
                .GET("/console", ConsoleFiles::toPage)
                .GET("/console/", files::serve)
                .GET("/console/overview", data::overview)
                .GET("/console/inventory", data::inventory)
                .GET("/console/{file}", files::serve)
                .build();
    }
}
