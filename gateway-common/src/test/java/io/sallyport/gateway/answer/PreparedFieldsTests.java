package io.sallyport.gateway.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import io.sallyport.http.Fields;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreparedFieldsTests {
    private static final Fields STORED = Fields.of(
            "Content-Type", "text/plain",
            "Age", "7",
            "Sallyport-Draining", "?1",
            "Content-Length", "4",
            "Cache-Status", "regional; hit",
            "Host", "example.com",
            "X-Http2-Stream-Id", "3",
            "X-Name", "Zo\u00eb");

    private static List<String> texts(AsciiString[] lines) {
        return Arrays.stream(lines).map(AsciiString::toString).toList();
    }

    /** The lines of HTTP/1.1 as they are sent. */
    private static List<String> sent(AsciiString... lines) {
        assertThat(lines).hasSize(2);
        return (lines[0] + ": " + lines[1]).lines().toList();
    }

    @Test
    void customersGetNamesAsTheyWereSpelledAndNothingOfTheGates() {
        assertThat(sent(new PreparedFields(true, false).of(STORED)))
                .containsExactly(
                        "Content-Type: text/plain",
                        "Cache-Status: regional; hit",
                        "Host: example.com",
                        "X-Http2-Stream-Id: 3",
                        "X-Name: Zo\u00eb");
    }

    @Test
    void whereNoneIsWrittenThereIsNone() {
        assertThat(new PreparedFields(true, false).of(Fields.of("Age", "7"))).isEmpty();
        assertThat(new PreparedFields(true, true).of(Fields.empty())).isEmpty();
    }

    @Test
    void edgesGetWhatIsSaidToThem() {
        assertThat(sent(new PreparedFields(false, false).of(STORED))).contains("Sallyport-Draining: ?1");
    }

    @Test
    void namesOfHttp2AreInLowerCaseAndNoneOfHttp1() {
        assertThat(texts(new PreparedFields(true, true).of(STORED)))
                .containsExactly(
                        "content-type", "text/plain",
                        "cache-status", "regional; hit",
                        "x-name", "Zo\u00eb");
    }

    @Test
    void theyAreMadeOnceWhateverElseIsServed() {
        PreparedFields prepared = new PreparedFields(true, false);
        AsciiString[] first = prepared.of(STORED);
        assertThat(prepared.of(STORED)).isSameAs(first);
        for (int i = 0; i < 50_000; i++) {
            String number = Integer.toString(i);
            assertThat(texts(prepared.of(Fields.of("X", number)))).containsExactly("X", number);
        }
        assertThat(texts(prepared.of(STORED))).isEqualTo(texts(first));
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 204, 205, 304, 404})
    void anAnswerIsTheSameInBothVersions(int status) {
        AsciiString[] lines = {new AsciiString("etag"), new AsciiString("\"a\"")};
        WholeAnswer answer = new WholeAnswer(status, lines, Unpooled.EMPTY_BUFFER);
        Http2Headers section = answer.http2();
        assertThat(section.status()).hasToString(Integer.toString(status));
        assertThat(section.get("etag")).hasToString("\"a\"");
        assertThat(section.size()).isEqualTo(2);

        EmbeddedChannel channel = new EmbeddedChannel(new HttpResponseEncoder());
        channel.writeOutbound(answer.http1());
        StringBuilder written = new StringBuilder();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            written.append(part.toString(StandardCharsets.ISO_8859_1));
            part.release();
        }
        assertThat(written.toString()).startsWith("HTTP/1.1 " + status + " ").contains("\r\netag: \"a\"\r\n");
        channel.finishAndReleaseAll();
    }
}
