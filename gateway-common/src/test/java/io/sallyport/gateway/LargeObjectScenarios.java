package io.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.sallyport.cache.store.ResponseStore;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An object far larger than the memory streams through; bench/collapse --large does the same with a pair of processes. */
@Tag("full")
class LargeObjectScenarios {
    private static final long LENGTH = 2L << 30;

    @Test
    void anObjectLargerThanTheMemoryPassesThroughIt() throws IOException {
        try (ScriptedOrigin origin = new ScriptedOrigin();
                GateUnderTest gate = new GateUnderTest(origin.url())) {
            origin.script((request, connection) -> {
                String range = request.field("range");
                long first = range.isEmpty() ? 0 : Long.parseLong(range.substring(6, range.indexOf('-')));
                connection.say("HTTP/1.1 " + (range.isEmpty() ? "200 OK" : "206 Partial Content")
                        + "\r\nCache-Control: max-age=60\r\nETag: \"large\"\r\n"
                        + (range.isEmpty()
                                ? ""
                                : "Content-Range: bytes " + first + "-" + (LENGTH - 1) + "/" + LENGTH + "\r\n")
                        + "Content-Length: " + (LENGTH - first) + "\r\n\r\n");
                byte[] block = new byte[1 << 20];
                for (long left = LENGTH - first; left > 0; left -= block.length) {
                    connection.say(left < block.length ? new byte[(int) left] : block);
                }
            });
            long before = direct(gate);
            assertThat(read(gate, "", before)).isEqualTo(LENGTH);
            assertThat(read(gate, "Range: bytes=" + (LENGTH - 1000) + "-\r\n", before))
                    .isEqualTo(1000);
            assertThat(gate.bean(ResponseStore.class).usage().entries()).isZero();
        }
    }

    private static long direct(GateUnderTest gate) {
        return PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory()
                + gate.bean(ResponseStore.class).usage().bytes();
    }

    /** Reads an answer to its end; returns the bytes of its content. */
    private static long read(GateUnderTest gate, String fields, long before) throws IOException {
        try (Socket socket =
                gate.connect("GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + fields + "\r\n")) {
            InputStream in = socket.getInputStream();
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append(new String(in.readNBytes(1), StandardCharsets.ISO_8859_1));
            }
            assertThat(head.toString()).startsWith(fields.isEmpty() ? "HTTP/1.1 200" : "HTTP/1.1 206");
            byte[] buffer = new byte[1 << 20];
            long length = 0;
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                length += n;
                assertThat(direct(gate) - before).isLessThan(64L << 20);
            }
            return length;
        }
    }
}
