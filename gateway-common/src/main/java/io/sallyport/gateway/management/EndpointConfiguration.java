package io.sallyport.gateway.management;

import io.sallyport.cache.engine.HttpCache;
import io.sallyport.cache.store.ResponseStore;
import io.sallyport.gateway.observe.CacheMeters;
import io.sallyport.gateway.route.RouteTable;
import io.sallyport.gateway.setting.GateProperties;
import io.sallyport.gateway.setting.ManagementProperties;
import io.sallyport.gateway.upstream.RegionalLists;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.web.server.ConditionalOnManagementPort;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What operators ask a gate, and who may. */
@Configuration(proxyBeanMethods = false)
public class EndpointConfiguration {
    /** Made here, so that a port that would be open to all stops the start before anything listens. */
    @Bean
    @ConditionalOnManagementPort(ManagementPortType.DIFFERENT)
    ManagementAccess managementAccess(ManagementServerProperties server, ManagementProperties management) {
        return new ManagementAccess(server, management.tokenFile());
    }

    @Bean
    @ConditionalOnAvailableEndpoint
    HttpCacheEndpoint httpCacheEndpoint(GateProperties properties, CacheMeters meters, ResponseStore store) {
        return new HttpCacheEndpoint(properties, meters, store);
    }

    @Bean
    @ConditionalOnAvailableEndpoint
    UpstreamsEndpoint upstreamsEndpoint(RegionalLists lists) {
        return new UpstreamsEndpoint(lists);
    }

    @Bean
    @ConditionalOnAvailableEndpoint
    ExplainEndpoint explainEndpoint(GateProperties properties, RouteTable routes, HttpCache cache) {
        return new ExplainEndpoint(properties, routes, cache);
    }
}
