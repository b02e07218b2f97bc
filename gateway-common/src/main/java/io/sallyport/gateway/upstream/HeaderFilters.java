package io.sallyport.gateway.upstream;

import java.util.Set;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;

/**
 * Takes out those of Spring Cloud Gateway's header filters whose work {@link UpstreamFields} and {@link ReceivedFields} do
 * in one pass: each of them copies the fields of every message once more.
 */
public final class HeaderFilters implements BeanDefinitionRegistryPostProcessor {
    private static final Set<String> SUPERSEDED = Set.of(
            "forwardedHeadersFilter",
            "gRPCRequestHeadersFilter",
            "removeForwardedHeadersFilter",
            "removeHopByHopHeadersFilter",
            "removeXForwardedHeadersFilter",
            "transferEncodingNormalizationHeadersFilter",
            "xForwardedHeadersFilter");

    @Override
    public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
        SUPERSEDED.stream().filter(registry::containsBeanDefinition).forEach(registry::removeBeanDefinition);
    }
}
