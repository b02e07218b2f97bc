package io.sallyport.gateway.direct;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.sallyport.cache.engine.UpstreamFailure;
import io.sallyport.cache.engine.UpstreamFailure.Kind;
import io.sallyport.identity.TestAuthority;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A peer that has agreed to no HTTP/2 inside TLS. */
class DirectTlsTests {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final TestAuthority authority = new TestAuthority("Origin", Instant.now());
    private final ServerSocket listener = listen();
    private final URI peer = URI.create("https://127.0.0.1:" + listener.getLocalPort());

    private static ServerSocket listen() {
        try {
            return new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void end() throws IOException {
        listener.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** Says something for a request and ends the connection, with a close_notify alert before it or without one. */
    private void says(String answer, boolean notifies) {
        Thread.ofVirtual().start(() -> {
            try (Socket socket = listener.accept();
                    SSLSocket tls = (SSLSocket)
                            context().getSocketFactory().createSocket(socket, "127.0.0.1", socket.getPort(), false)) {
                tls.setUseClientMode(false);
                assertThat(tls.getInputStream().read()).isEqualTo('G');
                tls.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                tls.getOutputStream().flush();
                if (notifies) {
                    tls.shutdownOutput();
                }
                socket.shutdownOutput();
                socket.getInputStream().transferTo(OutputStream.nullOutputStream());
            } catch (IOException | GeneralSecurityException gone) {
                // The client has seen what it was to see.
            }
        });
    }

    private SSLContext context() throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
                authority
                        .issue(authority.server("spiffe://sallyport.internal/origin/o"))
                        .keyManagerFactory()
                        .getKeyManagers(),
                null,
                null);
        return context;
    }

    private DirectClient client(SslProvider engine) throws IOException {
        SslContext trusting = SslContextBuilder.forClient()
                .sslProvider(engine)
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .build();
        return new DirectClient(
                List.of(TcpDialer.secured(spec -> spec.sslContext(trusting), channel -> {}, 2000, connection -> false)),
                new DirectLimits(LONG, LONG, LONG, LONG, 8192, 4096, 10),
                loops,
                error -> new UpstreamFailure(
                        error instanceof IOException ? Kind.DISCONNECT : Kind.INTERNAL, String.valueOf(error)));
    }

    /** RFC 9112, section 9.8. */
    @ParameterizedTest
    @CsvSource({
        "JDK, true, complete",
        "JDK, false, DISCONNECT processed",
        "OPENSSL, true, complete",
        "OPENSSL, false, DISCONNECT processed"
    })
    void contentThatEndsWithTheConnectionIsWholeWhenThePeerSaysSo(SslProvider engine, boolean notifies, String expected)
            throws IOException {
        says("HTTP/1.1 200 OK\r\n\r\nsome", notifies);
        Answer answer = Answer.to(client(engine), peer, "GET", "/");
        assertThat(answer.ended()).isEqualTo(expected);
        assertThat(answer.content()).isEqualTo("some");
    }

    @ParameterizedTest
    @EnumSource(names = {"JDK", "OPENSSL"})
    void contentOfKnownLengthIsWholeAnyhow(SslProvider engine) throws IOException {
        says("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nsome", false);
        Answer answer = Answer.to(client(engine), peer, "GET", "/");
        assertThat(answer.ended()).isEqualTo("complete");
        assertThat(answer.content()).isEqualTo("some");
    }
}
