package io.sallyport.pki.api;

import io.sallyport.pki.console.ConsoleData;
import io.sallyport.pki.console.ConsoleFiles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RequestPredicate;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/** The console of the admins' listener, for who was let in there. Its page calls the API as any client does. */
@Configuration(proxyBeanMethods = false)
class AdminConsole {
    /** Only the filter that lets callers in sets it, so never on the management port, which finds these routes too. */
    private static final RequestPredicate ADMIN =
            request -> request.attributes().containsKey(CallerFilter.CALLER);

    @Bean
    RouterFunction<ServerResponse> adminConsoleRoutes(ConsoleData data) {
        ConsoleFiles files = ConsoleFiles.forAdmins();
        return RouterFunctions.route()
                .GET("/", ADMIN, ConsoleFiles::toPage)
                .GET("/console", ADMIN, ConsoleFiles::toPage)
                .GET("/console/", ADMIN, files::serve)
                .GET("/console/overview", ADMIN, data::overview)
                .GET("/console/inventory", ADMIN, data::inventory)
                .GET("/console/{file}", ADMIN, files::serve)
                .build();
    }
}
