package io.sallyport.gateway.setting;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How changed configuration files are taken, prefix {@code sallyport.reload}.
 *
 * @param watch whether the files are looked at every second; else only when asked
 */
@ConfigurationProperties(value = "sallyport.reload", ignoreUnknownFields = false)
public record ReloadProperties(@DefaultValue("true") boolean watch) {}
