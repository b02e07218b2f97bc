package io.sallyport.gateway;

import io.netty.handler.codec.http.HttpVersion;

/** The version of a message as it was received, in the words of Via (RFC 9110, section 7.6.3). */
final class ReceivedVersion {
    static final String HTTP_2 = "2";

    private ReceivedVersion() {}

    static String of(HttpVersion version) {
        return version.majorVersion() >= 2
                ? Integer.toString(version.majorVersion())
                : version.majorVersion() + "." + version.minorVersion();
    }
}
