package io.sallyport.gateway.console;

import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;

/** The console of a gate, on a management port of its own only: never on the listener of customers or edges. */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@ConditionalOnProperty("sallyport.tier")
class ConsoleConfiguration {
    @Bean
    RouterFunction<ServerResponse> console() {
        return new ConsoleFiles("gate.html", "gate.js", "console.js", "chart.js", "console.css", "favicon.svg")
                .routes();
    }
}
