package io.sallyport.gateway.reload;

import io.sallyport.gateway.setting.InvalidSettingException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.cloud.CloudPlatform;
import org.springframework.core.env.Environment;

/** Settings of Spring under which Spring would see another URL than the gate, or change what the gate stored. */
public final class IncompatibleSettings {
    private static final String FORWARDED = "server.forward-headers-strategy";
    private static final int LAST_PORT = 65_535;
    private static final String GATEWAY = "spring.cloud.gateway.server.webflux.";

    /** Each setting with the one value that a gate works with; the empty one is that it is not set. */
    private static final Map<String, String> REQUIRED = new TreeMap<>(Map.of(
            "server.compression.enabled",
            "false",
            GATEWAY + "global-filter.local-response-cache.enabled",
            "false",
            GATEWAY + "httpclient.compression",
            "false",
            GATEWAY + "predicate.host.include-port",
            "true",
            FORWARDED,
            "none",
            "spring.webflux.base-path",
            ""));

    private IncompatibleSettings() {}

    /** Throws {@link InvalidSettingException} for the first setting that stands in the way. */
    public static void check(Environment environment) {
        REQUIRED.forEach((name, required) -> {
            String value = environment.getProperty(name);
            if (value != null && !value.equalsIgnoreCase(required)) {
                throw InvalidSettingException.incompatible(name, value, required.isEmpty() ? "not set" : required);
            }
        });
        for (String name : List.of("server.port", "management.server.port")) {
            String port = environment.getProperty(name, "");
            if (port.matches("[0-9]{5,9}") && Integer.parseInt(port) > LAST_PORT) {
                throw InvalidSettingException.exceeding(
                        name + " is " + port + ", which is no port",
                        "Set " + name + " to 0 to 65535; 0 takes a free one.");
            }
        }
        String management = environment.getProperty("management.server.port");
        if (management != null
                && !management.equals("0")
                && management.equals(environment.getProperty("server.port"))) {
            throw InvalidSettingException.exceeding(
                    "management.server.port is " + management
                            + ", the port of the listener itself, so that whoever reaches"
                            + " it could manage the gate",
                    "Set management.server.port to a port of its own.");
        }
        CloudPlatform platform = CloudPlatform.getActive(environment);
        if (environment.getProperty(FORWARDED) == null && platform != null && platform.isUsingForwardHeaders()) {
            throw InvalidSettingException.incompatible(
                    FORWARDED, "not set, so that Spring Boot believes X-Forwarded-* on " + platform, "none");
        }
    }
}
