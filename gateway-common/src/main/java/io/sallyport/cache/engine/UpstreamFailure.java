package io.sallyport.cache.engine;

import java.util.Objects;

/**
 * Why an upstream exchange came to nothing.
 *
 * @param kind what happened
 * @param detail one phrase for the log and for Cache-Status; holds no address, no field value
 */
public record UpstreamFailure(Kind kind, String detail) {
    /** What can go wrong upstream, with the status code that a customer gets for it (RFC 9110, section 15.6). */
    public enum Kind {
        /** Name not resolved, connection refused or unreachable. */
        CONNECT(502),
        /** The TLS handshake failed, on either side's judgement. */
        TLS(502),
        /** The connection ended before the message did. */
        DISCONNECT(502),
        /** What came was not HTTP as RFC 9112 or RFC 9113 has it. */
        PROTOCOL(502),
        /** Nothing came within the deadline. */
        TIMEOUT(504),
        /** More wait for it than may. */
        OVERLOAD(503),
        /** A fault on this side of the exchange. */
        INTERNAL(500);

        private final int status;

        Kind(int status) {
            this.status = status;
        }

        /** The status code of the answer. */
        public int status() {
            return status;
        }
    }

    public UpstreamFailure {
        Objects.requireNonNull(kind);
        Objects.requireNonNull(detail);
    }
}
