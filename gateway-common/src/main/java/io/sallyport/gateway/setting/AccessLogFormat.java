package io.sallyport.gateway.setting;

/** The form of an access log line. */
public enum AccessLogFormat {
    /** No access log. */
    OFF,
    /** A JSON object with the field names of the Elastic Common Schema. */
    JSON,
    /** The combined log format of web servers. */
    COMBINED
}
