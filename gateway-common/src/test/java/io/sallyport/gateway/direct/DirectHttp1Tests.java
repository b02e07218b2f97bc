package io.sallyport.gateway.direct;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.sallyport.cache.engine.UpstreamFailure;
import io.sallyport.cache.engine.UpstreamFailure.Kind;
import io.sallyport.gateway.ScriptedOrigin;
import io.sallyport.gateway.ScriptedOrigin.Connection;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectHttp1Tests {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(
            1, Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    private final ScriptedOrigin origin = new ScriptedOrigin();
    private final URI peer = URI.create(origin.url());
    private final List<DirectClient> clients = new ArrayList<>();

    @AfterEach
    void end() throws IOException {
        clients.forEach(DirectClient::close);
        origin.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private DirectClient client() {
        return client(LONG, LONG, LONG, LONG, Integer.MAX_VALUE);
    }

    private DirectClient client(Duration response, Duration stall, Duration idle, Duration life, int connections) {
        DirectClient client = new DirectClient(
                List.of(TcpDialer.plain(2000)),
                new DirectLimits(response, stall, idle, life, 8192, 4096, connections),
                loops,
                DirectHttp1Tests::failure);
        clients.add(client);
        return client;
    }

    private static UpstreamFailure failure(Throwable error) {
        Kind kind = switch (error) {
            case ConnectException refused -> Kind.CONNECT;
            case IOException broken -> Kind.DISCONNECT;
            case PrematureChannelClosureException broken -> Kind.DISCONNECT;
            case DecoderException malformed -> Kind.PROTOCOL;
            case IllegalArgumentException malformed -> Kind.PROTOCOL;
            default -> Kind.INTERNAL;
        };
        return new UpstreamFailure(kind, String.valueOf(error));
    }

    private Answer get(DirectClient client, String target) {
        return Answer.to(client, peer, "GET", target);
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private void says(String... parts) {
        origin.script((request, connection) -> {
            for (String part : parts) {
                connection.say(part);
            }
        });
    }

    @Test
    void headContentAndEndComeInOrder() {
        says(
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX-Name: value\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nsome \r\n",
                "4\r\ntext\r\n0\r\nX-Trailer: t\r\n\r\n");
        Answer answer = get(client(), "/page?a=%26");
        assertThat(answer.ended()).isEqualTo("complete");
        assertThat(answer.content()).isEqualTo("some text");
        assertThat(answer.version()).isEqualTo("1.1");
        assertThat(answer.head().status()).isEqualTo(200);
        assertThat(answer.head().fields().first("x-name")).contains("value");
        assertThat(answer.interim()).containsExactly(103);
        ScriptedOrigin.Asked asked = origin.asked().getFirst();
        assertThat(asked.method() + " " + asked.target()).isEqualTo("GET /page?a=%26");
        assertThat(asked.field("host")).isEqualTo("shop.example");
        assertThat(asked.field("accept")).isEqualTo("*/*");
        assertThat(asked.fields()).hasSize(2);
    }

    @Test
    void someResponsesHaveNoContentWhateverTheirFieldsSay() {
        DirectClient client = client();
        says("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        Answer head = Answer.to(client, peer, "HEAD", "/");
        assertThat(head.ended()).isEqualTo("complete");
        assertThat(head.head().fields().first("content-length")).contains("1000");
        says("HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\n\r\n");
        assertThat(get(client, "/").ended()).isEqualTo("complete");
        says("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        assertThat(get(client, "/").ended()).isEqualTo("complete");
        assertThat(origin.accepted()).isOne();
    }

    @Test
    void aConnectionHasOneRequestAtATimeAndThenTheNext() {
        DirectClient client = client();
        List<Connection> open = new CopyOnWriteArrayList<>();
        origin.script((request, connection) -> open.add(connection));
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            answers.add(get(client, "/" + i));
        }
        await(() -> open.size() == 5);
        assertThat(origin.accepted()).isEqualTo(5);
        open.forEach(DirectHttp1Tests::ok);
        answers.forEach(answer -> assertThat(answer.ended()).isEqualTo("complete"));
        says(OK);
        for (int i = 0; i < 5; i++) {
            assertThat(get(client, "/again").ended()).isEqualTo("complete");
        }
        assertThat(origin.accepted()).isEqualTo(5);
    }

    private static void ok(Connection connection) {
        try {
            connection.say(OK);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void thereAreNotMoreConnectionsThanMayBe() {
        DirectClient client = client(LONG, LONG, LONG, LONG, 2);
        says(OK);
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            answers.add(get(client, "/" + i));
        }
        answers.forEach(answer -> assertThat(answer.ended()).isEqualTo("complete"));
        assertThat(origin.accepted()).isLessThanOrEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "excess",
                "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
                "HTTP/1.1 200 OK\r\nConte",
            })
    void whatComesBeyondTheEndIsNoResponse(String excess) {
        DirectClient client = client();
        says(OK + excess);
        Answer first = get(client, "/first");
        assertThat(first.ended()).isEqualTo("complete");
        assertThat(first.content()).isEqualTo("ok");
        says(OK, "", excess);
        for (int i = 0; i < 20; i++) {
            Answer next = get(client, "/next");
            // Where it comes later than the end and sooner than the next request, that request finds it so.
            assertThat(next.ended()).isIn("complete", "PROTOCOL processed", "DISCONNECT processed");
            assertThat(next.content()).isIn("", "ok");
        }
    }

    @Test
    void whatComesUnaskedEndsTheConnection() {
        DirectClient client = client();
        List<Connection> open = new CopyOnWriteArrayList<>();
        origin.script((request, connection) -> {
            connection.say(OK);
            open.add(connection);
        });
        assertThat(get(client, "/first").ended()).isEqualTo("complete");
        await(() -> !open.isEmpty());
        ok(open.getFirst());
        await(() -> origin.open() == 0);
        assertThat(get(client, "/next").ended()).isEqualTo("complete");
        assertThat(origin.accepted()).isEqualTo(2);
    }

    @Test
    void contentMayEndWithTheConnection() {
        origin.script((request, connection) -> {
            connection.say("HTTP/1.0 200 OK\r\n\r\nall");
            connection.close();
        });
        Answer answer = get(client(), "/");
        assertThat(answer.ended()).isEqualTo("complete");
        assertThat(answer.content()).isEqualTo("all");
        assertThat(answer.version()).isEqualTo("1.0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 20",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nsome",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n0\r\n",
                "HTTP/1.1 100 Continue\r\n\r\n",
            })
    void aMessageThatIsNotWholeFails(String part) {
        origin.script((request, connection) -> {
            connection.say(part);
            connection.close();
        });
        assertThat(get(client(), "/").ended()).isEqualTo("DISCONNECT processed");
        assertThat(origin.asked()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\nConnection: upgrade\r\n\r\n",
                "HTTP/1.1 099 Less\r\nContent-Length: 0\r\n\r\n",
                "nothing of the kind\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
                "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            })
    void aMalformedMessageFails(String message) {
        says(message);
        assertThat(get(client(), "/").ended()).isEqualTo("PROTOCOL processed");
        await(() -> origin.open() == 0);
    }

    @Test
    void aHeadHasABound() {
        says("HTTP/1.1 200 OK\r\nX-Long: " + "a".repeat(9000) + "\r\nContent-Length: 0\r\n\r\n");
        assertThat(get(client(), "/").ended()).isEqualTo("PROTOCOL processed");
        says("HTTP/1.1 200 " + "a".repeat(5000) + "\r\nContent-Length: 0\r\n\r\n");
        assertThat(get(client(), "/").ended()).isEqualTo("PROTOCOL processed");
    }

    @Test
    void aConnectionThatDiedUnnoticedCostsNoRequest() {
        DirectClient client = client();
        says(OK);
        assertThat(get(client, "/first").ended()).isEqualTo("complete");
        AtomicInteger times = new AtomicInteger();
        origin.script((request, connection) -> {
            if (times.incrementAndGet() == 1) {
                connection.reset();
            } else {
                connection.say(OK);
            }
        });
        assertThat(get(client, "/next").ended()).isEqualTo("complete");
        assertThat(origin.asked()).hasSize(2);
    }

    @Test
    void whatAnotherPeerIsToGetIsNotSentAgain() {
        DirectClient client = client();
        says(OK);
        assertThat(get(client, "/first").ended()).isEqualTo("complete");
        origin.script((request, connection) -> connection.reset());
        assertThat(Answer.once(client, peer, "/next").ended()).isEqualTo("DISCONNECT processed");
        assertThat(origin.asked()).hasSize(1);
    }

    @Test
    void aNewConnectionThatDiesIsAFailure() {
        origin.script((request, connection) -> connection.reset());
        assertThat(get(client(), "/").ended()).isEqualTo("DISCONNECT processed");
        assertThat(origin.asked()).hasSize(1);
    }

    @Test
    void whoTakesNoContentIsSentLittleOfIt() {
        DirectClient client = client();
        int whole = 64 << 20;
        AtomicInteger sent = new AtomicInteger();
        origin.script((request, connection) -> {
            connection.say("HTTP/1.1 200 OK\r\nContent-Length: " + whole + "\r\n\r\n");
            byte[] part = new byte[1 << 20];
            for (int i = 0; i < whole / part.length; i++) {
                connection.say(part);
                sent.incrementAndGet();
            }
        });
        Answer slow = Answer.unwilling(client, peer, "/slow");
        await(() -> slow.received() > 0);
        int first = slow.received();
        int before;
        do { // until the buffers of the sockets are full
            before = sent.get();
            LockSupport.parkNanos(300_000_000);
        } while (sent.get() > before);
        assertThat(sent).hasValueLessThan(32);
        assertThat(slow.received()).isEqualTo(first);
        slow.exchange().resume();
        await(() -> slow.received() > first);
        slow.becomesWilling();
        assertThat(slow.ended()).isEqualTo("complete");
        assertThat(slow.received()).isEqualTo(whole);
        says(OK);
        assertThat(get(client, "/next").ended()).isEqualTo("complete");
        assertThat(origin.accepted()).isOne();
    }

    @Test
    void whoGivesUpHearsNothingMoreAndTheConnectionIsClosed() {
        DirectClient client = client();
        says("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nsome");
        Answer given = get(client, "/given-up");
        await(() -> given.received() > 0);
        given.exchange().cancel();
        await(() -> origin.open() == 0);
        says(OK);
        assertThat(get(client, "/next").ended()).isEqualTo("complete");
        assertThat(given.isEnded()).isFalse();
    }

    @Test
    void whoDoesNotWantAResponseIsToldNothingMoreOfIt() {
        says("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 8\r\n\r\ndraining");
        Answer unwanted = get(client(), "/");
        await(() -> unwanted.isHeaded() && origin.open() == 0);
        assertThat(unwanted.head().status()).isEqualTo(Answer.UNWANTED);
        assertThat(unwanted.content()).isEmpty();
        assertThat(unwanted.isEnded()).isFalse();
    }

    @Test
    void whatTakesTooLongFails() {
        says();
        assertThat(get(client(Duration.ofMillis(100), LONG, LONG, LONG, 9), "/").ended())
                .isEqualTo("TIMEOUT processed");
        says("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nsome");
        DirectClient client = client(LONG, Duration.ofMillis(100), LONG, LONG, 9);
        Answer unwilling = Answer.unwilling(client, peer, "/unwilling");
        assertThat(get(client, "/").ended()).isEqualTo("TIMEOUT processed");
        assertThat(unwilling.isEnded()).isFalse();
        unwilling.exchange().cancel();
        await(() -> origin.open() == 0);
    }

    @Test
    void whoWaitsTooLongForAConnectionFailsUnsent() {
        DirectClient client = client(Duration.ofMillis(200), LONG, LONG, LONG, 1);
        says();
        Answer first = get(client, "/first");
        Answer second = get(client, "/second");
        assertThat(List.of(first.ended(), second.ended())).containsExactly("TIMEOUT processed", "TIMEOUT unprocessed");
        assertThat(origin.asked()).hasSize(1);
    }

    @Test
    void aConnectionIsKeptForATimeOnly() {
        says(OK);
        assertThat(get(client(LONG, LONG, Duration.ofMillis(50), LONG, 9), "/").ended())
                .isEqualTo("complete");
        await(() -> origin.open() == 0);
        assertThat(get(client(LONG, LONG, LONG, Duration.ofMillis(50), 9), "/").ended())
                .isEqualTo("complete");
        await(() -> origin.open() == 0);
        DirectClient ending = client();
        assertThat(get(ending, "/").ended()).isEqualTo("complete");
        ending.close();
        await(() -> origin.open() == 0);
    }

    @Test
    void aPeerThatEndsTheConnectionIsAskedOnAnother() {
        DirectClient client = client();
        says("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
        for (int i = 0; i < 3; i++) {
            assertThat(get(client, "/").ended()).isEqualTo("complete");
        }
        assertThat(origin.accepted()).isEqualTo(3);
    }

    @Test
    void whereNobodyListensNothingWasSent() throws IOException {
        URI nobody;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = URI.create("http://127.0.0.1:" + taken.getLocalPort());
        }
        DirectClient client = client();
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            answers.add(Answer.to(client, nobody, "GET", "/"));
        }
        answers.forEach(answer -> assertThat(answer.ended()).isEqualTo("CONNECT unprocessed"));
    }
}
