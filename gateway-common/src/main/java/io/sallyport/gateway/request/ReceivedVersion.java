package io.sallyport.gateway.request;

import io.netty.handler.codec.http.HttpVersion;

/** The version of a message as it was received, in the words of Via (RFC 9110, section 7.6.3). */
public final class ReceivedVersion {
    /** HTTP/2 has no minor version (RFC 9113, section 3). */
    public static final String HTTP_2 = "2";

    private ReceivedVersion() {}

    /** The version with its minor one, where it has one. */
    public static String of(HttpVersion version) {
        return version.majorVersion() >= 2
                ? Integer.toString(version.majorVersion())
                : version.majorVersion() + "." + version.minorVersion();
    }
}
