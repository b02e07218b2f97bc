package io.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.cache.CachePolicy;
import io.sallyport.cache.CachePolicy.Mode;
import io.sallyport.cache.CachePolicy.QueryPolicy;
import io.sallyport.cache.rule.CacheKeys;
import io.sallyport.cache.store.ResponseStore;
import io.sallyport.http.Fields;
import io.sallyport.http.RequestHead;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Nobody gets what another one has influenced")
class PoisoningScenarios {
    /** An answer of the origin that begins with this is the last one on its connection. */
    static final String LAST = "(last)";

    private static final Pattern REQUEST_LINE = Pattern.compile("([A-Za-z]+)[ \t]+(\\S+)[ \t]+HTTP/[0-9.]+");
    private static final Pattern ABSOLUTE = Pattern.compile("(?i)http://[^/?#]+(.*)");
    private static final ScriptedOrigin origin = new ScriptedOrigin();
    private static final Map<Mode, GateUnderTest> gates = new EnumMap<>(Mode.class);

    @AfterAll
    static void stop() throws IOException {
        gates.values().forEach(GateUnderTest::close);
        origin.close();
    }

    private static GateUnderTest gate(String mode) {
        String routes = "--spring.cloud.gateway.server.webflux.routes";
        return new GateUnderTest(
                origin.url(),
                "--sallyport.cache.mode=" + mode,
                routes + "[1].id=only",
                routes + "[1].order=-1",
                routes + "[1].uri=" + origin.url(),
                routes + "[1].predicates[0]=Path=/only/**",
                routes + "[1].filters[0].name=HttpCache",
                routes + "[1].filters[0].args.query=only:a",
                routes + "[2].id=except",
                routes + "[2].order=-1",
                routes + "[2].uri=" + origin.url(),
                routes + "[2].predicates[0]=Path=/except/**",
                routes + "[2].filters[0].name=HttpCache",
                routes + "[2].filters[0].args.query=except:utm");
    }

    /** The gate in this mode, started by the first one that asks. */
    private static GateUnderTest gate(Mode mode) {
        return gates.computeIfAbsent(mode, each -> gate(each.name().toLowerCase(Locale.ROOT)));
    }

    static Stream<PoisoningCase> all() {
        return PoisoningCases.all();
    }

    /** One of each eight: neighbours differ in a word. */
    static Stream<PoisoningCase> some() {
        List<PoisoningCase> all = all().toList();
        return IntStream.range(0, all.size()).filter(i -> i % 8 == 0).mapToObj(all::get);
    }

    static Stream<PoisoningCase> inBothModes() {
        return PoisoningCases.all().filter(each -> !each.secureOnly());
    }

    @ParameterizedTest(name = "secure: {0}")
    @MethodSource("some")
    void inSecureModeInShort(PoisoningCase attempt) throws IOException {
        attempt(attempt, gate(Mode.SECURE));
    }

    @Tag("full")
    @ParameterizedTest(name = "secure: {0}")
    @MethodSource("all")
    void inSecureMode(PoisoningCase attempt) throws IOException {
        attempt(attempt, gate(Mode.SECURE));
    }

    @Tag("full")
    @ParameterizedTest(name = "rfc: {0}")
    @MethodSource("inBothModes")
    void inRfcMode(PoisoningCase attempt) throws IOException {
        attempt(attempt, gate(Mode.RFC));
    }

    @Test
    void influenceWouldBeSeen() throws IOException {
        PoisoningCase unprotected =
                PoisoningCase.attempt("any field", PoisoningCase.get("/p", "X-Own: evil"), PoisoningCase.get("/p"));
        play(unprotected, gate(Mode.SECURE), 5000);
        assertThat(say(unprotected.second(), gate(Mode.SECURE), 5000)).contains("evil");
    }

    private static void attempt(PoisoningCase attempt, GateUnderTest gate) throws IOException {
        String answer = play(attempt, gate);
        assertThat(answer)
                .startsWith("HTTP/1.1 200 ")
                .contains("\ntarget " + keyed(target(attempt.second())) + "\n")
                .endsWith("\nend")
                .doesNotContain(attempt.mark());
        Set<String> mayBeAsked = new HashSet<>(targets(attempt.second()));
        attempt.first().forEach(request -> mayBeAsked.addAll(targets(request)));
        assertThat(mayBeAsked)
                .containsAll(origin.asked().stream()
                        .map(ScriptedOrigin.Asked::target)
                        .toList());
    }

    /** What the second one gets. Where time passes in between, the first ones have had their answers. */
    private static String play(PoisoningCase attempt, GateUnderTest gate) throws IOException {
        return play(attempt, gate, attempt.secondsBetween() > 0 ? 5000 : 100);
    }

    private static String play(PoisoningCase attempt, GateUnderTest gate, int patienceMillis) throws IOException {
        gate.bean(ResponseStore.class).clear();
        origin.script((request, connection) -> {
            String answer = attempt.answer().to(request, echo(request));
            connection.say(answer.startsWith(LAST) ? answer.substring(LAST.length()) : answer);
            if (answer.startsWith(LAST)) {
                connection.close();
            }
        });
        for (String request : attempt.first()) {
            say(request, gate, patienceMillis);
        }
        gate.passes(Duration.ofSeconds(attempt.secondsBetween()));
        return say(attempt.second(), gate, 5000);
    }

    private static String echo(ScriptedOrigin.Asked request) {
        StringBuilder echo = new StringBuilder("\ntarget " + request.target() + "\n");
        request.fields()
                .forEach((name, value) ->
                        echo.append(name).append(": ").append(value).append('\n'));
        return echo + request.content() + "\nend";
    }

    /** What comes on a connection of its own until it is closed, or until nothing has come for a while. */
    private static String say(String request, GateUnderTest gate, int patienceMillis) throws IOException {
        StringBuilder came = new StringBuilder();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gate.port())) {
            socket.setSoTimeout(patienceMillis);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            byte[] buffer = new byte[8192];
            for (int n = socket.getInputStream().read(buffer);
                    n >= 0;
                    n = socket.getInputStream().read(buffer)) {
                came.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
            }
        } catch (SocketException | SocketTimeoutException refused) {
            return came.toString();
        }
        return came.toString();
    }

    /** The targets that requests in this text may be sent upstream with: as they stand there, and as they are keyed. */
    private static Set<String> targets(String raw) {
        Set<String> targets = new HashSet<>();
        Matcher lines = REQUEST_LINE.matcher(raw);
        while (lines.find()) {
            String target = originForm(lines.group(2));
            boolean cached = List.of("GET", "HEAD").contains(lines.group(1));
            targets.add(cached && target.startsWith("/") ? keyed(target) : target);
        }
        return targets;
    }

    private static String originForm(String target) {
        Matcher absolute = ABSOLUTE.matcher(target);
        if (!absolute.matches()) {
            return target;
        }
        return absolute.group(1).startsWith("/") ? absolute.group(1) : "/" + absolute.group(1);
    }

    private static String target(String raw) {
        return raw.split(" ", 3)[1];
    }

    private static String keyed(String target) {
        int fragment = target.indexOf('#');
        String bare = fragment < 0 ? target : target.substring(0, fragment);
        int question = bare.indexOf('?');
        RequestHead head = new RequestHead(
                "GET",
                "http",
                "shop.example",
                question < 0 ? bare : bare.substring(0, question),
                question < 0 ? null : bare.substring(question + 1),
                Fields.empty());
        QueryPolicy query = new QueryPolicy.AsIs();
        if (target.startsWith("/only/")) {
            query = new QueryPolicy.Only(Set.of("a"));
        } else if (target.startsWith("/except/")) {
            query = new QueryPolicy.Except(Set.of("utm"));
        }
        CachePolicy base = CachePolicy.of(Mode.RFC, List.of());
        CachePolicy policy = new CachePolicy(
                base.mode(),
                base.targetedFields(),
                base.heuristicCap(),
                base.staleCap(),
                base.staleIfError(),
                base.errorCap(),
                query,
                base.trustClientDirectives(),
                base.storeSetCookie(),
                base.storePost(),
                base.maxObjectBytes(),
                base.rangeFillBytes());
        return CacheKeys.of("route", head, policy).target();
    }
}
