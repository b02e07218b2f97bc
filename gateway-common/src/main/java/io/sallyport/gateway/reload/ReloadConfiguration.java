package io.sallyport.gateway.reload;

import io.micrometer.core.instrument.MeterRegistry;
import io.sallyport.gateway.client.Drain;
import io.sallyport.gateway.client.MinimumRate;
import io.sallyport.gateway.observe.AccessLog;
import io.sallyport.gateway.route.CacheProperties;
import io.sallyport.gateway.route.RouteTable;
import io.sallyport.gateway.setting.RegionalProperties;
import io.sallyport.gateway.setting.ReloadProperties;
import io.sallyport.gateway.upstream.RegionalLists;
import java.time.InstantSource;
import java.util.List;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.convert.ConversionService;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.validation.Validator;

/** Taking changed settings while the gate runs. */
@Configuration(proxyBeanMethods = false)
public class ReloadConfiguration {
    @Bean
    @SuppressWarnings("rawtypes") // as Spring Cloud Gateway has them
    SettingsTrial settingsTrial(
            List<RoutePredicateFactory> predicates,
            List<GatewayFilterFactory> filters,
            BeanFactory beans,
            ObjectProvider<ConversionService> conversions,
            ObjectProvider<Validator> validator,
            CacheProperties cache) {
        return new SettingsTrial(predicates, filters, new ConfigurationService(beans, conversions, validator), cache);
    }

    @Bean
    LiveSettings liveSettings(
            GatewayProperties gateway,
            RouteTable table,
            RegionalLists lists,
            AccessLog accessLog,
            MinimumRate minimumRate,
            Drain drain,
            ApplicationEventPublisher events,
            RegionalProperties regionals) {
        return new LiveSettings(gateway, table, lists, accessLog, minimumRate, drain, events, regionals);
    }

    @Bean
    Reload reload(
            ConfigurableEnvironment environment,
            SettingsTrial trial,
            LiveSettings live,
            ReloadProperties properties,
            InstantSource clock,
            MeterRegistry registry) {
        return new Reload(environment, trial, live, properties.watch(), clock, registry);
    }

    /** The component {@code config} of the health endpoint. */
    @Bean
    ConfigHealth configHealthIndicator(Reload reload) {
        return new ConfigHealth(reload);
    }
}
