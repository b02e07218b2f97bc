package io.sallyport.gateway.tls;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import io.sallyport.identity.peer.HandshakeEvents;
import io.sallyport.identity.peer.HandshakeFailure;
import io.sallyport.identity.peer.HandshakeRefusal;
import java.net.InetSocketAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells operators how handshakes end: a counter {@code sallyport.tls.handshakes} with the tags side, result and reason,
 * and one line per failure, of which repeated ones from one address are only counted for ten seconds.
 */
public final class HandshakeReport implements HandshakeEvents {
    private static final Logger LOG = LoggerFactory.getLogger("io.sallyport.tls");
    private static final Duration QUIET = Duration.ofSeconds(10);
    private static final int MAX_ADDRESSES = 4096;

    /** Which end of the connection the node is. */
    public enum Side {
        SERVER,
        CLIENT
    }

    private final String side;
    private final Counter good;
    private final Map<HandshakeRefusal, Counter> failures = new EnumMap<>(HandshakeRefusal.class);
    private final AtomicLong suppressed = new AtomicLong();
    private final Cache<String, Boolean> recent = Caffeine.newBuilder()
            .expireAfterWrite(QUIET)
            .maximumSize(MAX_ADDRESSES)
            .build();

    /** Reports for one side; all counters exist from the start. */
    public HandshakeReport(MeterRegistry registry, Side side) {
        this.side = side.name().toLowerCase(Locale.ROOT);
        this.good = counter(registry, "success", "none");
        for (HandshakeRefusal reason : HandshakeRefusal.values()) {
            failures.put(reason, counter(registry, "failure", reason.tag()));
        }
    }

    private Counter counter(MeterRegistry registry, String result, String reason) {
        return Counter.builder("sallyport.tls.handshakes")
                .description("TLS handshakes by how they ended")
                .tag("side", side)
                .tag("result", result)
                .tag("reason", reason)
                .register(registry);
    }

    @Override
    public void succeeded(Channel channel) {
        good.increment();
    }

    @Override
    public void failed(HandshakeFailure failure) {
        Counter counter = failures.get(failure.reason());
        if (counter != null) {
            counter.increment();
        }
        String address = failure.peer() instanceof InetSocketAddress peer ? peer.getHostString() : "-";
        if (recent.asMap().putIfAbsent(address + failure.reason().tag(), true) != null) {
            suppressed.incrementAndGet();
            return;
        }
        X509Certificate certificate = failure.certificate();
        LOG.warn(
                "event=handshake-failed side={} reason={} peer={} sni={} tls={} subject={} san={} serial={} issuer={} suppressed={} detail={}",
                side,
                failure.reason().tag(),
                failure.peer() == null ? "-" : failure.peer(),
                orDash(failure.serverName()),
                orDash(failure.protocol()),
                certificate == null
                        ? "-"
                        : quoted(certificate.getSubjectX500Principal().getName()),
                certificate == null ? "-" : quoted(names(certificate)),
                certificate == null ? "-" : certificate.getSerialNumber().toString(16),
                certificate == null
                        ? "-"
                        : quoted(certificate.getIssuerX500Principal().getName()),
                suppressed.getAndSet(0),
                quoted(failure.detail()));
    }

    private static String names(X509Certificate certificate) {
        try {
            @Nullable Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null
                    ? ""
                    : String.join(
                            ",",
                            names.stream()
                                    .map(name -> String.valueOf(name.get(1)))
                                    .toList());
        } catch (CertificateParsingException e) {
            return "unreadable";
        }
    }

    private static String orDash(@Nullable String text) {
        return text == null ? "-" : quoted(text);
    }

    /* What came from a stranger must not be able to forge a line. */
    private static String quoted(String text) {
        String safe =
                text.replaceAll("[^\\x20-\\x7e]", "?").replace("\\", "\\\\").replace("\"", "\\\"");
        return "\"" + (safe.length() > 300 ? safe.substring(0, 300) : safe) + "\"";
    }
}
