package io.sallyport.gateway.upstream;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.timeout.TimeoutException;
import io.sallyport.cache.engine.UpstreamFailure;
import io.sallyport.cache.engine.UpstreamFailure.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;
import reactor.netty.http.client.PrematureCloseException;

/** Names what an error of the upstream exchange was. */
public final class Failures {
    private static final Logger log = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    /** What an error was; a fault of the gateway is logged. */
    public static UpstreamFailure of(Throwable error) {
        UpstreamFailure known = known(error);
        if (known == null) {
            log.error("event=fetch-failed", error);
            return new UpstreamFailure(Kind.INTERNAL, "fault in the gateway");
        }
        return known;
    }

    /** The same for errors that come from upstream; null for a fault of the gateway. */
    static @Nullable UpstreamFailure known(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectTimeoutException) {
                return new UpstreamFailure(Kind.TIMEOUT, "connect timed out");
            }
            if (cause instanceof TimeoutException || cause instanceof java.util.concurrent.TimeoutException) {
                return new UpstreamFailure(Kind.TIMEOUT, "no response in time");
            }
            if (cause instanceof SSLException) {
                return new UpstreamFailure(Kind.TLS, "TLS handshake failed");
            }
            if (cause instanceof UnknownHostException) {
                return new UpstreamFailure(Kind.CONNECT, "name not resolved");
            }
            if (cause instanceof ConnectException) {
                return new UpstreamFailure(Kind.CONNECT, "connection refused");
            }
            if (cause instanceof PrematureCloseException || cause instanceof PrematureChannelClosureException) {
                return new UpstreamFailure(Kind.DISCONNECT, "connection closed");
            }
            if (cause instanceof ResponseStatusException status) {
                return byStatus(status);
            }
            boolean tls = cause.getCause() instanceof SSLException;
            if ((cause instanceof DecoderException && !tls) || cause instanceof IllegalArgumentException) {
                return new UpstreamFailure(Kind.PROTOCOL, "malformed message");
            }
            if (cause instanceof IOException) {
                return new UpstreamFailure(Kind.DISCONNECT, "connection reset");
            }
        }
        return null;
    }

    private static UpstreamFailure byStatus(ResponseStatusException error) {
        if ("upgrade refused".equals(error.getReason())) {
            return new UpstreamFailure(Kind.PROTOCOL, "upgrade refused");
        }
        HttpStatus status = HttpStatus.resolve(error.getStatusCode().value());
        return status == HttpStatus.GATEWAY_TIMEOUT
                ? new UpstreamFailure(Kind.TIMEOUT, "no response in time")
                : new UpstreamFailure(Kind.PROTOCOL, "malformed message");
    }
}
