package io.sallyport.gateway.setting;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of a gate, prefix {@code sallyport}.
 *
 * @param tier which of the two gates this is, set by the profile: do not change; names it in Cache-Status, Via, meters
 *     and logs
 * @param cdn name of the installation, the same on all nodes; with the tier it is the cdn-id of CDN-Loop (RFC 8586)
 *     [letters, digits, {@code .}, {@code -}; 1 to 63]
 * @param accessLog form of the access log on standard output
 * @param requestIdField the field in which a regional gate tells the origin the name of its request, where there is an
 *     access log [a field name, such as {@code X-Request-Id}]
 */
@ConfigurationProperties("sallyport")
public record GateProperties(
        Tier tier,
        @DefaultValue("sallyport") String cdn,
        @DefaultValue("json") AccessLogFormat accessLog,
        @Nullable String requestIdField) {
    /** The two gates. */
    public enum Tier {
        /** Faces customers. */
        EDGE,
        /** Opens only to an edge. */
        REGIONAL;

        /** The lower-case name, as it stands in Cache-Status and in meters. */
        public String label() {
            return this == EDGE ? "edge" : "regional";
        }
    }

    public GateProperties {
        if (!cdn.matches("[A-Za-z0-9](?:[A-Za-z0-9.-]{0,61}[A-Za-z0-9])?")) {
            throw new IllegalArgumentException(
                    "sallyport.cdn must be a name of letters, digits, dots and hyphens, at most 63 long: " + cdn);
        }
        if (requestIdField != null && !requestIdField.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}")) {
            throw new IllegalArgumentException(
                    "sallyport.request-id-field must be the name of a field, such as X-Request-Id: " + requestIdField);
        }
    }

    /** The cdn-id of this tier (RFC 8586, section 2), also its pseudonym in Via. */
    public String cdnId() {
        return tier.label() + "." + cdn;
    }
}
