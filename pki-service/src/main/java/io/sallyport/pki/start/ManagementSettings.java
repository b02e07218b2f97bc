package io.sallyport.pki.start;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The settings {@code sallyport.management.*} of the PKI service.
 *
 * @param tokenFile holds the token that the management port asks for, as Bearer or as the password of Basic; read at
 *     start; needed, or TLS with client certificates, where the port is not on the loopback [a file with 32 to 1024
 *     visible ASCII characters]
 */
@ConfigurationProperties(value = "sallyport.management", ignoreUnknownFields = false)
record ManagementSettings(@Nullable Path tokenFile) {}
