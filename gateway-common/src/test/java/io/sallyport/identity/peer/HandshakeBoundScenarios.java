package io.sallyport.identity.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.sallyport.gateway.tls.GateTls;
import io.sallyport.identity.Credentials;
import io.sallyport.identity.Role;
import io.sallyport.identity.TestAuthority;
import io.sallyport.identity.TrustingAll;
import io.sallyport.identity.revocation.RevocationSnapshot;
import io.sallyport.identity.tls.LiveSslContext;
import io.sallyport.identity.tls.LiveSslContext.Resumption;
import io.sallyport.identity.tls.TlsContexts;
import io.sallyport.identity.tls.TlsContexts.Http;
import io.sallyport.identity.tls.TlsEngine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** Handshakes that come to nothing, each with its reason, and how many there may be at a time. */
class HandshakeBoundScenarios {
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
    private static final int WAIT_MILLIS = 20_000;

    private final TestAuthority authority = new TestAuthority("Sallyport", NOW);
    private final List<AutoCloseable> open = new ArrayList<>();
    private final BlockingQueue<HandshakeFailure> failures = new LinkedBlockingQueue<>();
    private final BlockingQueue<Channel> good = new LinkedBlockingQueue<>();
    private HandshakeBound bound = new HandshakeBound(1, 1);

    @BeforeAll
    static void prepareJvm() {
        GateTls.prepareJvm();
    }

    static Stream<TlsEngine> engines() {
        return Stream.of(TlsEngine.OPENSSL, TlsEngine.JDK);
    }

    private int listen(TlsEngine engine, Duration timeout, int total, int perAddress) {
        bound = new HandshakeBound(total, perAddress);
        PeerTrust trust = new PeerTrust(
                PeerRule.client("sallyport.internal", Role.EDGE),
                List.of(authority.root()),
                () -> RevocationSnapshot.NONE,
                InstantSource.fixed(NOW));
        LiveSslContext live = new LiveSslContext(
                new TlsContexts(engine, Http.HTTP_1_1).server(authority.issue(authority.regional("regional-1")), trust),
                Resumption.NEVER);
        HandshakeEvents events = bound.then(new HandshakeEvents() {
            @Override
            public void succeeded(Channel channel) {
                good.add(channel);
            }

            @Override
            public void failed(HandshakeFailure failure) {
                failures.add(failure);
            }
        });
        DisposableServer server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .secure(tls -> tls.sslContext(live).handshakeTimeout(timeout))
                .doOnBound(bind -> bind.channel().pipeline().addFirst(bound.acceptor()))
                .doOnChannelInit((observer, channel, remote) -> HandshakeObserver.observe(channel, events))
                .handle((request, response) -> response.send())
                .bindNow();
        open.add(server::disposeNow);
        return server.port();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open.reversed()) {
            one.close();
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void silenceIsATimeout(TlsEngine engine) throws Exception {
        connect(listen(engine, Duration.ofMillis(200), 9, 9));
        assertThat(failure().reason()).isEqualTo(HandshakeRefusal.TIMEOUT);
    }

    @ParameterizedTest
    @MethodSource("engines")
    void whoLeavesInTheMiddleAborts(TlsEngine engine) throws Exception {
        Socket socket = connect(listen(engine, Duration.ofSeconds(10), 9, 9));
        socket.getOutputStream().write(HexFormat.of().parseHex("16030100ff"));
        socket.close();
        assertThat(failure().reason()).isEqualTo(HandshakeRefusal.ABORTED);
    }

    @ParameterizedTest
    @MethodSource("engines")
    void anOldVersionIsAMatterOfTheProtocol(TlsEngine engine) throws Exception {
        Socket socket = connect(listen(engine, Duration.ofSeconds(10), 9, 9));
        // A ClientHello of TLS 1.0 with TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, secp256r1, without extensions of TLS 1.2.
        String hello = "0301" + "11".repeat(32) + "00" + "0004" + "c009" + "00ff" + "0100" + "000e" + "000a00040002"
                + "0017" + "000b00020100";
        String handshake = "01" + length(hello, 6) + hello;
        socket.getOutputStream().write(HexFormat.of().parseHex("160301" + length(handshake, 4) + handshake));
        assertThat(failure().reason()).isEqualTo(HandshakeRefusal.PROTOCOL);
    }

    private static String length(String hex, int digits) {
        return String.format(java.util.Locale.ROOT, "%0" + digits + "x", hex.length() / 2);
    }

    @ParameterizedTest
    @MethodSource("engines")
    void suitesThatNobodyElseHasAreAMatterOfTheCipher(TlsEngine engine) throws Exception {
        int port = listen(engine, Duration.ofSeconds(10), 9, 9);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[0], new TrustManager[] {new TrustingAll()}, null);
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(connect(port), "localhost", port, true)) {
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            socket.setEnabledCipherSuites(new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"});
            socket.startHandshake();
        } catch (IOException refused) {
            assertThat(failure().reason()).isEqualTo(HandshakeRefusal.CIPHER);
            return;
        }
        throw new AssertionError("the handshake must fail");
    }

    @ParameterizedTest
    @EnumSource(
            value = TlsEngine.class,
            names = {"OPENSSL", "JDK"})
    void connectionsBeyondTheBoundOfAnAddressAreClosedAtOnce(TlsEngine engine) throws Exception {
        int port = listen(engine, Duration.ofSeconds(60), 100, 2);
        Socket first = connect(port);
        connect(port);
        Socket beyond = connect(port);
        assertClosed(beyond);
        assertThat(bound.refusedByAddress()).isEqualTo(1);
        assertThat(bound.underWay()).isEqualTo(2);
        assertThat(failures).isEmpty();
        // A place is given back when its connection has gone.
        first.close();
        assertThat(failure().reason()).isEqualTo(HandshakeRefusal.ABORTED);
        while (bound.underWay() > 1) {
            LockSupport.parkNanos(1_000_000);
        }
        handshake(port);
    }

    @Test
    void connectionsBeyondTheBoundOfAllAreClosedAtOnceAndAHandshakeGivesItsPlaceBack() throws Exception {
        int port = listen(TlsEngine.OPENSSL, Duration.ofSeconds(60), 1, 100);
        handshake(port);
        connect(port);
        assertClosed(connect(port));
        assertThat(bound.refusedByTotal()).isEqualTo(1);
        assertThat(bound.underWay()).isEqualTo(1);
    }

    private void handshake(int port) throws Exception {
        Credentials edge = authority.issue(authority.edge("edge-1"));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(edge.keyManagerFactory().getKeyManagers(), new TrustManager[] {new TrustingAll()}, null);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(connect(port), "localhost", port, true);
        open.add(socket);
        socket.startHandshake();
        assertThat(good.poll(WAIT_MILLIS, TimeUnit.MILLISECONDS)).isNotNull();
    }

    private Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(WAIT_MILLIS);
        open.add(socket);
        return socket;
    }

    private static void assertClosed(Socket socket) {
        try {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        } catch (java.net.SocketTimeoutException e) {
            throw new AssertionError("still open", e);
        } catch (IOException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
    }

    private HandshakeFailure failure() throws InterruptedException {
        return Objects.requireNonNull(failures.poll(WAIT_MILLIS, TimeUnit.MILLISECONDS), "a failed handshake");
    }
}
