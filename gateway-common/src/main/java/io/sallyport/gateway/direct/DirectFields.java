package io.sallyport.gateway.direct;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import io.netty.util.AsciiString;
import io.sallyport.http.Fields;
import io.sallyport.http.ResponseHead;
import java.util.Map;

/** Heads as HTTP/2 has them and as the cache has them (RFC 9113, section 8.3). */
final class DirectFields {
    private static final AsciiString HTTPS = AsciiString.cached("https");

    private DirectFields() {}

    /** A request's fields, names in lower case (RFC 9113, section 8.2.1). */
    static Http2Headers of(DirectRequest request) {
        Fields fields = request.fields();
        AsciiString[] lines = new AsciiString[2 * fields.size()];
        for (int line = 0; line < fields.size(); line++) {
            lines[2 * line] = new AsciiString(fields.name(line)).toLowerCase();
            lines[2 * line + 1] = new AsciiString(fields.value(line));
        }
        return ReadOnlyHttp2Headers.clientHeaders(
                false,
                new AsciiString(request.method()),
                new AsciiString(request.target()),
                HTTPS,
                new AsciiString(request.authority()),
                lines);
    }

    /** A response's head; throws the stream's error where it has no status code that HTTP/2 may have. */
    static ResponseHead head(int stream, Http2Headers headers) throws Http2Exception {
        CharSequence status = headers.status();
        int code = status == null ? 0 : code(status);
        if (code < 100 || code == 101) {
            throw Http2Exception.streamError(stream, Http2Error.PROTOCOL_ERROR, "malformed :status %s", status);
        }
        Fields.Builder fields = Fields.builder(headers.size() + 2);
        for (Map.Entry<CharSequence, CharSequence> line : headers) {
            if (line.getKey().charAt(0) != ':') {
                fields.add(line.getKey().toString(), line.getValue().toString());
            }
        }
        return new ResponseHead(code, fields.build());
    }

    /** Three digits; zero where it is anything else. */
    private static int code(CharSequence status) {
        if (status.length() != 3) {
            return 0;
        }
        int code = 0;
        for (int i = 0; i < 3; i++) {
            char digit = status.charAt(i);
            if (digit < '0' || digit > '9') {
                return 0;
            }
            code = 10 * code + digit - '0';
        }
        return code;
    }
}
