package io.sallyport.pki.start;

import org.springframework.boot.actuate.autoconfigure.web.server.ConditionalOnManagementPort;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementServerProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Who may use the management port; made before anything listens, so that an open one stops the start. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ManagementSettings.class)
class AccessConfiguration {
    @Bean
    @ConditionalOnManagementPort(ManagementPortType.DIFFERENT)
    ManagementAccess managementAccess(ManagementServerProperties server, ManagementSettings settings) {
        return new ManagementAccess(server, settings.tokenFile());
    }
}
