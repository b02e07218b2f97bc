package io.sallyport.identity.peer;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import io.sallyport.identity.PeerIdentity;
import io.sallyport.identity.peer.HandshakeRefusedException.Refused;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The living connections to peers, each with the certificate that its peer showed. Who would be refused in a handshake
 * now is ended: revoked, expired, denied, or no longer trusted.
 *
 * <p>Safe for use by many threads; peers are judged on one thread of its own, never on an event loop.
 */
public final class PeerConnections implements HandshakeEvents, AutoCloseable {
    /*
     * A connection is judged when something that a verdict rests on has changed (list, roots, allow and deny list), at
     * the end of the first certificate of its chain, and once a minute for what only time changes, such as a list that
     * becomes outdated. Connections with the same chain share a verdict. HTTP/2 peers are told first (GOAWAY) and have a
     * second to end their streams; Netty's own close would wait for them up to half a minute.
     */
    private static final Logger LOG = LoggerFactory.getLogger(PeerConnections.class);
    private static final AttributeKey<X509Certificate> OWN = AttributeKey.valueOf(PeerConnections.class, "own");
    private static final Duration FULL_REVIEW = Duration.ofMinutes(1);

    private final PeerRule rule;
    private final Supplier<PeerTrust> trust;
    private final InstantSource clock;
    private final Pace pace;
    private final Set<Peer> peers = ConcurrentHashMap.newKeySet();
    private final Map<HandshakeRefusal, LongAdder> ended = new EnumMap<>(HandshakeRefusal.class);
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("peer-connections").factory());
    private Instant nextFullReview;

    /**
     * How fast it goes.
     *
     * @param look how often it looks for peers whose certificates have ended
     * @param lastWords how long a peer may take to end what it does
     */
    record Pace(Duration look, Duration lastWords) {
        static final Pace USUAL = new Pace(Duration.ofMillis(500), Duration.ofSeconds(1));
    }

    /** One connection; equal to itself only. */
    private static final class Peer {
        private final Channel channel;
        private final List<X509Certificate> chain;
        private final String node;
        private final @Nullable String host;
        private final boolean server;
        private final Instant until;

        Peer(Channel channel, SSLEngine engine, List<X509Certificate> chain, String node) {
            this.channel = channel;
            this.chain = chain;
            this.node = node;
            this.host = engine.getPeerHost();
            this.server = engine.getUseClientMode();
            this.until = chain.stream()
                    .map(certificate -> certificate.getNotAfter().toInstant())
                    .min(Instant::compareTo)
                    .orElse(Instant.MAX);
        }
    }

    private record Shown(
            List<X509Certificate> chain, @Nullable String host) {}

    /**
     * Watches the peers of a rule.
     *
     * @param trust the judge as it is now
     */
    public PeerConnections(PeerRule rule, Supplier<PeerTrust> trust, InstantSource clock) {
        this(rule, trust, clock, Pace.USUAL);
    }

    PeerConnections(PeerRule rule, Supplier<PeerTrust> trust, InstantSource clock, Pace pace) {
        this.rule = rule;
        this.trust = trust;
        this.clock = clock;
        this.pace = pace;
        this.nextFullReview = clock.instant().plus(FULL_REVIEW);
        for (HandshakeRefusal reason : HandshakeRefusal.values()) {
            ended.put(reason, new LongAdder());
        }
        var _ = thread.scheduleWithFixedDelay(
                this::look, pace.look().toMillis(), pace.look().toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Has all peers judged again now: to be called when lists, roots or rules have changed. */
    public void review() {
        try {
            thread.execute(() -> judge(true));
        } catch (RejectedExecutionException e) {
            LOG.debug("event=peer-connections-closed");
        }
    }

    private void look() {
        Instant now = clock.instant();
        boolean all = !now.isBefore(nextFullReview);
        if (all) {
            nextFullReview = now.plus(FULL_REVIEW);
        }
        judge(all);
    }

    private void judge(boolean all) {
        try {
            Instant now = clock.instant();
            Map<Shown, Optional<Refused>> verdicts = new HashMap<>();
            PeerTrust judge = null;
            for (Peer peer : peers) {
                if (all || now.isAfter(peer.until)) {
                    PeerTrust current = judge == null ? trust.get() : judge;
                    judge = current;
                    verdicts.computeIfAbsent(
                                    new Shown(peer.chain, peer.host),
                                    shown -> peer.server
                                            ? current.judgeServer(peer.chain, String.valueOf(peer.host))
                                            : current.judgeClient(peer.chain))
                            .ifPresent(refused -> end(peer, refused));
                }
            }
        } catch (RuntimeException e) {
            LOG.error("event=peer-review-failed", e);
        }
    }

    @Override
    public void succeeded(Channel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            return;
        }
        Certificate @Nullable [] own = tls.engine().getSession().getLocalCertificates();
        if (own != null && own.length > 0 && own[0] instanceof X509Certificate leaf) {
            channel.attr(OWN).set(leaf);
        }
        List<X509Certificate> chain = chain(tls.engine());
        if (!chain.isEmpty()) {
            Optional<PeerIdentity> identity = rule.identify(chain.getFirst());
            identity.ifPresent(node -> node.attachTo(channel));
            Peer peer = new Peer(
                    channel,
                    tls.engine(),
                    chain,
                    identity.map(PeerIdentity::node).orElse("unknown"));
            peers.add(peer);
            channel.closeFuture().addListener(closed -> peers.remove(peer));
        }
    }

    private static List<X509Certificate> chain(SSLEngine engine) {
        try {
            List<X509Certificate> chain = new ArrayList<>();
            for (Certificate certificate : engine.getSession().getPeerCertificates()) {
                chain.add((X509Certificate) certificate);
            }
            return List.copyOf(chain);
        } catch (SSLPeerUnverifiedException e) {
            return List.of();
        }
    }

    @Override
    public void failed(HandshakeFailure failure) {}

    /** The own certificate that a connection was made with; empty when none was shown. */
    public static Optional<X509Certificate> ownCertificate(Channel channel) {
        return Optional.ofNullable(channel.attr(OWN).get());
    }

    /** How many connections live, by the name of the node at the other end. */
    public Map<String, Integer> byNode() {
        Map<String, Integer> counts = new TreeMap<>();
        peers.forEach(peer -> counts.merge(peer.node, 1, Integer::sum));
        return counts;
    }

    /** How many connections live. */
    public int count() {
        return peers.size();
    }

    /** How many connections were ended for a reason so far. */
    public long ended(HandshakeRefusal reason) {
        LongAdder count = ended.get(reason);
        return count == null ? 0 : count.sum();
    }

    private void end(Peer peer, Refused refused) {
        if (!peers.remove(peer)) {
            return;
        }
        LongAdder count = ended.get(refused.reason());
        if (count != null) {
            count.increment();
        }
        LOG.warn(
                "event=peer-connection-ended node={} serial={} peer={} reason={} detail=\"{}\"",
                peer.node,
                peer.chain.getFirst().getSerialNumber().toString(16),
                peer.channel.remoteAddress(),
                refused.reason().tag(),
                refused.detail());
        Channel channel = peer.channel;
        channel.eventLoop().execute(() -> {
            ChannelHandlerContext http2 = channel.pipeline().context(Http2ConnectionHandler.class);
            if (http2 == null) {
                close(channel);
            } else {
                sayGoodbye(http2);
                var _ = channel.eventLoop()
                        .schedule(() -> close(channel), pace.lastWords().toMillis(), TimeUnit.MILLISECONDS);
            }
        });
    }

    private static void sayGoodbye(ChannelHandlerContext http2) {
        Http2ConnectionHandler codec = (Http2ConnectionHandler) http2.handler();
        int last = codec.connection().remote().lastStreamCreated();
        var _ = codec.goAway(http2, last, Http2Error.NO_ERROR.code(), Unpooled.EMPTY_BUFFER, http2.newPromise());
        http2.flush();
    }

    /* From behind the TLS handler on, so that nothing above it waits; without its farewell where the peer reads nothing. */
    private void close(Channel channel) {
        ChannelHandlerContext observer = channel.pipeline().context(HandshakeObserver.NAME);
        if (observer == null) {
            var _ = channel.close();
            return;
        }
        var _ = observer.close();
        var _ = channel.eventLoop()
                .schedule(
                        () -> {
                            ChannelHandlerContext tls = channel.pipeline().context(SslHandler.class);
                            if (tls != null && channel.isOpen()) {
                                var _ = tls.close();
                            }
                        },
                        pace.lastWords().toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    /** Ends the watch; the connections stay. */
    @Override
    public void close() {
        thread.shutdownNow();
    }
}
