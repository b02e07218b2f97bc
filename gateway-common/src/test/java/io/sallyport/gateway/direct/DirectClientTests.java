package io.sallyport.gateway.direct;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Settings;
import io.sallyport.cache.engine.UpstreamFailure;
import io.sallyport.cache.engine.UpstreamFailure.Kind;
import io.sallyport.http.Fields;
import io.sallyport.http.ResponseHead;
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
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

class DirectClientTests {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final int WINDOW = 1 << 20;

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private final List<Channel> dialled = new CopyOnWriteArrayList<>();
    /** The connections of the identity before. */
    private volatile List<Channel> outdated = List.of();

    private final Dialer plain = new Dialer() {
        @Override
        public Mono<? extends Connection> dial(URI gate, EventLoop loop) {
            return TcpDialer.plain(null).dial(gate, loop).doOnNext(opened -> dialled.add(opened.channel()));
        }

        @Override
        public String scheme() {
            return "https";
        }

        @Override
        public boolean mayShare() {
            return true;
        }

        @Override
        public boolean speaksHttp2(Channel connection) {
            return true;
        }

        @Override
        public boolean isOutdated(Channel connection) {
            return outdated.contains(connection);
        }
    };

    @AfterEach
    void end() throws Exception {
        for (AutoCloseable open : toClose) {
            open.close();
        }
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private ScriptedGate gate() {
        return gate(Http2Settings.defaultSettings());
    }

    private ScriptedGate gate(Http2Settings settings) {
        ScriptedGate gate = new ScriptedGate(settings);
        toClose.add(gate);
        return gate;
    }

    private DirectClient client() {
        return client(LONG, LONG, LONG, LONG);
    }

    private DirectClient client(Duration response, Duration stall, Duration idle, Duration life) {
        DirectClient client = new DirectClient(
                List.of(plain),
                new DirectLimits(response, stall, idle, life, 8192, 4096, Integer.MAX_VALUE),
                loops,
                error -> new UpstreamFailure(
                        error instanceof ConnectException ? Kind.CONNECT : Kind.INTERNAL, String.valueOf(error)));
        toClose.addFirst(client);
        return client;
    }

    private static Answer ask(DirectClient client, ScriptedGate gate, String target) {
        return ask(client, gate.uri(), target);
    }

    private static Answer ask(DirectClient client, URI gate, String target) {
        return Answer.to(client, gate, "GET", target);
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void headContentAndEndComeInOrder() {
        ScriptedGate gate = gate();
        List<String> seen = new ArrayList<>();
        gate.script(request -> {
            request.headers().forEach(line -> seen.add(line.getKey() + "=" + line.getValue()));
            request.says(100)
                    .says(103, "link", "</a>")
                    .says(200, "x-name", "value")
                    .content("some ")
                    .content("text")
                    .ends();
        });
        Answer answer = ask(client(), gate, "/page?a=%26");
        assertThat(answer.ended()).isEqualTo("complete");
        assertThat(answer.content()).isEqualTo("some text");
        assertThat(answer.head()).isEqualTo(new ResponseHead(200, Fields.of("x-name", "value")));
        assertThat(answer.interim()).containsExactly(103);
        assertThat(seen)
                .containsExactlyInAnyOrder(
                        ":method=GET", ":path=/page?a=%26", ":scheme=https", ":authority=shop.example", "accept=*/*");
    }

    @Test
    void requestsShareAConnection() {
        ScriptedGate gate = gate();
        DirectClient client = client();
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < 90; i++) {
            answers.add(ask(client, gate, "/" + i));
        }
        answers.forEach(answer -> assertThat(answer.ended()).isEqualTo("complete"));
        assertThat(gate.connections()).isOne();
        assertThat(gate.asked()).hasSize(90);
    }

    @Test
    void noConnectionGetsMoreStreamsThanThePeerBears() {
        ScriptedGate gate = gate(Http2Settings.defaultSettings().maxConcurrentStreams(2));
        DirectClient client = client();
        assertThat(ask(client, gate, "/first").ended()).isEqualTo("complete");
        List<ScriptedGate.Request> open = new CopyOnWriteArrayList<>();
        gate.script(open::add);
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            answers.add(ask(client, gate, "/" + i));
        }
        await(() -> gate.asked().size() == 6);
        assertThat(gate.connections()).isEqualTo(3);
        open.forEach(request -> request.says(200).ends());
        answers.forEach(answer -> assertThat(answer.ended()).isEqualTo("complete"));
    }

    @Test
    void whatAGateRefusesBeforeItSeesToItIsSentOnceMore() {
        ScriptedGate gate = gate();
        AtomicInteger times = new AtomicInteger();
        gate.script(request -> {
            if (times.incrementAndGet() == 1) {
                request.resets(Http2Error.REFUSED_STREAM);
            } else {
                request.says(200).ends();
            }
        });
        assertThat(ask(client(), gate, "/page").ended()).isEqualTo("complete");
        assertThat(gate.asked()).hasSize(2);
    }

    @Test
    void whatAGateRefusesAgainAndAgainFailsUnprocessed() {
        ScriptedGate gate = gate();
        gate.script(request -> request.resets(Http2Error.REFUSED_STREAM));
        assertThat(ask(client(), gate, "/page").ended()).isEqualTo("DISCONNECT unprocessed");
        assertThat(gate.asked()).hasSize(3);
    }

    @Test
    void aResetStreamFailsAndItsConnectionServesOn() {
        ScriptedGate gate = gate();
        DirectClient client = client();
        gate.script(request -> request.says(200).content("some").resets(Http2Error.INTERNAL_ERROR));
        Answer broken = ask(client, gate, "/broken");
        assertThat(broken.ended()).isEqualTo("DISCONNECT processed");
        assertThat(broken.content()).isEqualTo("some");
        gate.script(request -> request.says(200).ends());
        assertThat(ask(client, gate, "/next").ended()).isEqualTo("complete");
        assertThat(gate.connections()).isOne();
    }

    @Test
    void whatAGateThatGoesAwayHasNotSeenToGoesToANewConnection() {
        ScriptedGate gate = gate();
        DirectClient client = client();
        List<ScriptedGate.Request> open = new CopyOnWriteArrayList<>();
        gate.script(open::add);
        Answer first = ask(client, gate, "/first");
        Answer second = ask(client, gate, "/second");
        await(() -> open.size() == 2);
        gate.script(request -> request.says(200).content("anew").ends());
        open.getFirst().goesAway();
        assertThat(second.ended()).isEqualTo("complete");
        assertThat(second.content()).isEqualTo("anew");
        open.getFirst().says(200).content("old").ends();
        assertThat(first.ended()).isEqualTo("complete");
        assertThat(first.content()).isEqualTo("old");
        assertThat(gate.connections()).isEqualTo(2);
        await(() -> gate.open() == 1);
    }

    @Test
    void whereAConnectionThatServedEndsTheRequestIsSentOnceMoreAndNeverAThirdTime() {
        ScriptedGate gate = gate();
        DirectClient client = client();
        assertThat(ask(client, gate, "/first").ended()).isEqualTo("complete");
        gate.script(ScriptedGate.Request::closes);
        assertThat(ask(client, gate, "/second").ended()).isEqualTo("DISCONNECT processed");
        assertThat(gate.asked()).containsExactly("/first", "/second", "/second");
    }

    @Test
    void whereANewConnectionEndsTheRequestHasFailed() {
        ScriptedGate gate = gate();
        gate.script(ScriptedGate.Request::closes);
        assertThat(ask(client(), gate, "/page").ended()).isEqualTo("DISCONNECT processed");
        assertThat(gate.asked()).hasSize(1);
    }

    @Test
    void contentThatBreaksOffIsNotComplete() {
        ScriptedGate gate = gate();
        gate.script(request -> {
            request.says(200, "content-length", "10").content("some");
            request.closes();
        });
        Answer answer = ask(client(), gate, "/page");
        assertThat(answer.ended()).isEqualTo("DISCONNECT processed");
    }

    @Test
    void contentThatIsShorterThanItsLengthIsMalformed() {
        ScriptedGate gate = gate();
        gate.script(request ->
                request.says(200, "content-length", "10").content("some").ends());
        assertThat(ask(client(), gate, "/page").ended()).isEqualTo("PROTOCOL processed");
    }

    @Test
    void whatIsNoHeadIsRefused() {
        ScriptedGate gate = gate();
        DirectClient client = client();
        List<String[]> heads = List.of(
                new String[] {"x-name", "a\r\nset-cookie: b"},
                new String[] {"x-name", "a\0b"},
                new String[] {"X-Name", "upper case"},
                new String[] {"connection", "close"},
                new String[] {":path", "/"});
        for (String[] fields : heads) {
            gate.script(request -> request.says(200, fields).ends());
            assertThat(ask(client, gate, "/page").ended()).as(fields[0]).isEqualTo("PROTOCOL processed");
        }
        for (int status : new int[] {101, 99, 2000}) {
            gate.script(request -> request.says(status).ends());
            assertThat(ask(client, gate, "/page").ended()).as("%d", status).isEqualTo("PROTOCOL processed");
        }
        gate.script(request -> request.content("without a head").ends());
        assertThat(ask(client, gate, "/page").ended()).isEqualTo("PROTOCOL processed");
    }

    @Test
    void aHeadThatIsTooLargeIsRefused() {
        ScriptedGate gate = gate();
        gate.script(request -> request.says(200, "x-name", "a".repeat(20_000)).ends());
        assertThat(ask(client(), gate, "/page").ended()).isEqualTo("PROTOCOL processed");
    }

    @Test
    void aRequestThatIsTooLargeForThePeerIsNotSentAndConcernsNobodyElse() {
        ScriptedGate gate = gate(Http2Settings.defaultSettings().maxHeaderListSize(1000));
        DirectClient client = client();
        assertThat(ask(client, gate, "/first").ended()).isEqualTo("complete");
        assertThat(ask(client, gate, "/" + "a".repeat(2000)).ended()).isEqualTo("PROTOCOL unprocessed");
        assertThat(ask(client, gate, "/next").ended()).isEqualTo("complete");
        assertThat(gate.asked()).containsExactly("/first", "/next");
        assertThat(gate.connections()).isOne();
    }

    @Test
    void whoTakesNoContentIsSentAWindowOfItAndStopsNobodyElse() {
        ScriptedGate gate = gate();
        DirectClient client = client();
        int whole = 8 * WINDOW;
        gate.script(request -> request.says(200, "content-length", Integer.toString(whole))
                .content(new byte[whole])
                .ends());
        Answer slow = Answer.unwilling(client, gate.uri(), "/slow");
        await(() -> slow.received() > 0);
        int first = slow.received();
        assertThat(ask(client, gate, "/quick").ended()).isEqualTo("complete");
        assertThat(gate.connections()).isOne();
        assertThat(slow.received()).isEqualTo(first).isLessThanOrEqualTo(WINDOW);
        slow.exchange().resume();
        await(() -> slow.received() > first);
        slow.becomesWilling();
        assertThat(slow.ended()).isEqualTo("complete");
        assertThat(slow.received()).isEqualTo(whole);
    }

    @Test
    void whoGivesUpHearsNothingMoreAndTheGateIsTold() {
        ScriptedGate gate = gate();
        DirectClient client = client();
        gate.script(request -> request.says(200).content("some"));
        Answer given = ask(client, gate, "/given-up");
        await(() -> given.received() > 0);
        given.exchange().cancel();
        await(() -> gate.resets().equals(List.of(Http2Error.CANCEL.code())));
        gate.script(request -> request.says(200).ends());
        assertThat(ask(client, gate, "/next").ended()).isEqualTo("complete");
        assertThat(given.isEnded()).isFalse();
        assertThat(gate.connections()).isOne();
    }

    @Test
    void whoDoesNotWantAResponseIsToldNothingMoreOfIt() {
        ScriptedGate gate = gate();
        DirectClient client = client();
        gate.script(request -> request.says(Answer.UNWANTED).content("draining"));
        Answer unwanted = ask(client, gate, "/unwanted");
        await(() -> gate.resets().equals(List.of(Http2Error.CANCEL.code())));
        gate.script(request -> request.says(200).ends());
        assertThat(ask(client, gate, "/next").ended()).isEqualTo("complete");
        assertThat(unwanted.head().status()).isEqualTo(Answer.UNWANTED);
        assertThat(unwanted.content()).isEmpty();
        assertThat(unwanted.isEnded()).isFalse();
    }

    @Test
    void aGateThatDoesNotAnswerInTimeGetsNoMoreOnThatConnection() {
        ScriptedGate gate = gate();
        DirectClient client = client(Duration.ofMillis(100), LONG, LONG, LONG);
        gate.script(request -> {});
        assertThat(ask(client, gate, "/silent").ended()).isEqualTo("TIMEOUT processed");
        gate.script(request -> request.says(200).ends());
        assertThat(ask(client, gate, "/next").ended()).isEqualTo("complete");
        assertThat(gate.connections()).isEqualTo(2);
    }

    @Test
    void contentThatStallsFailsAndContentThatIsNotWantedDoesNot() {
        ScriptedGate gate = gate();
        DirectClient client = client(LONG, Duration.ofMillis(100), LONG, LONG);
        gate.script(request -> request.says(200).content("some"));
        Answer unwanted = Answer.unwilling(client, gate.uri(), "/unwanted");
        assertThat(ask(client, gate, "/stalled").ended()).isEqualTo("TIMEOUT processed");
        assertThat(unwanted.isEnded()).isFalse();
        unwanted.exchange().resume();
        assertThat(unwanted.ended()).isEqualTo("TIMEOUT processed");
    }

    @Test
    void aConnectionThatCarriesNothingForLongIsClosed() {
        ScriptedGate gate = gate();
        assertThat(ask(client(LONG, LONG, Duration.ofMillis(50), LONG), gate, "/page")
                        .ended())
                .isEqualTo("complete");
        await(() -> gate.open() == 0);
    }

    @Test
    void aConnectionOfAFormerIdentityEndsWhatItCarriesAndGetsNothingMore() {
        ScriptedGate gate = gate();
        DirectClient client = client();
        List<ScriptedGate.Request> open = new CopyOnWriteArrayList<>();
        gate.script(open::add);
        Answer before = ask(client, gate, "/before");
        await(() -> gate.asked().size() == 1);
        outdated = List.copyOf(dialled);
        gate.script(request -> request.says(200).ends());
        Answer after = ask(client, gate, "/after");
        assertThat(after.ended()).isEqualTo("complete");
        assertThat(gate.connections()).isEqualTo(2);
        open.getFirst().says(200).ends();
        assertThat(before.ended()).isEqualTo("complete");
        await(() -> gate.open() == 1);
    }

    @Test
    void whereNobodyListensNothingWasSent() throws IOException {
        URI nobody;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = URI.create("https://127.0.0.1:" + taken.getLocalPort());
        }
        assertThat(ask(client(), nobody, "/page").ended()).isEqualTo("CONNECT unprocessed");
    }
}
