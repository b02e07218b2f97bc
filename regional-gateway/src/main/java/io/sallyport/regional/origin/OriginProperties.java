package io.sallyport.regional.origin;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings {@code sallyport.origin.*}.
 *
 * @param ca the CA certificates in PEM that {@code https://} origins are verified with; where it is not given, the
 *     JDK's own [a file]
 */
@ConfigurationProperties(value = "sallyport.origin", ignoreUnknownFields = false)
public record OriginProperties(@Nullable Path ca) {}
