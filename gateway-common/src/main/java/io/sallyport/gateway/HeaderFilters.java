package io.sallyport.gateway;

import io.sallyport.http.Fields;
import java.util.Set;
import java.util.function.Predicate;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.http.HttpHeaders;

/**
 * Takes out those of Spring Cloud Gateway's header filters whose work {@link UpstreamFields} and {@link ReceivedFields} do
 * in one pass: each of them copies the fields of every message once more.
 */
final class HeaderFilters implements BeanDefinitionRegistryPostProcessor {
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

    /** The lines whose name the predicate takes. */
    static Fields fields(HttpHeaders headers, Predicate<String> kept) {
        Fields.Builder fields = Fields.builder(16);
        headers.forEach((name, values) -> {
            if (kept.test(name)) {
                for (String value : values) {
                    fields.add(name, value);
                }
            }
        });
        return fields.build();
    }

    static HttpHeaders headers(Fields fields) {
        HttpHeaders headers = new HttpHeaders();
        fields.forEach(headers::add);
        return headers;
    }
}
