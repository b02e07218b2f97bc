package io.sallyport.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.cache.store.ResponseStore;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What comes for a stream whose answer is written and not sent: all of it is in one packet with the request. */
class StreamFrameScenarios {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int PRIORITY = 2;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int WINDOW_UPDATE = 8;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int ACK = 1;

    private static final ScriptedOrigin origin = new ScriptedOrigin();
    private static GateUnderTest gate;

    @BeforeAll
    static void start() {
        gate = new GateUnderTest(origin.url(), "--server.http2.enabled=true");
        EchoedTarget.script(origin);
        gate.bean(ResponseStore.class).clear();
        for (String target : new String[] {"/hit", "/large*16000"}) {
            gate.get(target);
        }
    }

    @AfterAll
    static void stop() throws IOException {
        gate.close();
        origin.close();
    }

    /** A connection whose frames are made and read one by one. */
    private static final class Frames implements AutoCloseable {
        private final Socket socket = new Socket(InetAddress.getLoopbackAddress(), gate.port());
        private final DataInputStream in = new DataInputStream(socket.getInputStream());
        private final ByteArrayOutputStream packet = new ByteArrayOutputStream();
        private final Map<Integer, Integer> received = new TreeMap<>();
        private final Set<Integer> ended = new HashSet<>();

        /** Opens it with windows that bound nothing, and has a first request answered. */
        Frames() throws IOException {
            socket.setSoTimeout(20_000);
            packet.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            frame(SETTINGS, 0, 0, new byte[] {0, 4, 0x7f, -1, -1, -1}); // SETTINGS_INITIAL_WINDOW_SIZE
            frame(WINDOW_UPDATE, 0, 0, new byte[] {0x3f, 0, 0, 0});
            get(1, "/hit");
            send();
            untilEnded(1);
        }

        void frame(int type, int flags, int stream, byte[] payload) {
            packet.writeBytes(new byte[] {
                (byte) (payload.length >> 16),
                (byte) (payload.length >> 8),
                (byte) payload.length,
                (byte) type,
                (byte) flags,
                0,
                0,
                (byte) (stream >> 8),
                (byte) stream
            });
            packet.writeBytes(payload);
        }

        void get(int stream, String path) {
            byte[] text = path.getBytes(StandardCharsets.US_ASCII);
            ByteArrayOutputStream fields = new ByteArrayOutputStream();
            fields.writeBytes(new byte[] {(byte) 0x82, (byte) 0x86, 0x04, (byte) text.length}); // GET, http, :path
            fields.writeBytes(text);
            fields.writeBytes(new byte[] {0x01, 1, 'a'}); // :authority
            frame(HEADERS, END_STREAM | END_HEADERS, stream, fields.toByteArray());
        }

        void send() throws IOException {
            socket.getOutputStream().write(packet.toByteArray());
            packet.reset();
        }

        /** Reads until a stream has ended, whatever else comes meanwhile. */
        void untilEnded(int wanted) throws IOException {
            while (!ended.contains(wanted)) {
                int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
                int type = in.readUnsignedByte();
                int flags = in.readUnsignedByte();
                int stream = in.readInt();
                byte[] payload = in.readNBytes(length);
                assertThat(type).as("GOAWAY, or a frame that is not known").isLessThan(7);
                if (type == DATA) {
                    received.merge(stream, payload.length, Integer::sum);
                }
                if (type == RST_STREAM || ((type == DATA || type == HEADERS) && (flags & END_STREAM) != 0)) {
                    ended.add(stream);
                }
                if (type == SETTINGS && (flags & ACK) == 0) {
                    frame(SETTINGS, ACK, 0, new byte[0]);
                    send();
                }
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Test
    void aResetOfAnAnsweredStreamHarmsNoOther() throws IOException {
        try (Frames frames = new Frames()) {
            for (int stream = 3; stream < 60; stream += 4) {
                frames.get(stream, "/hit");
                frames.get(stream + 2, "/hit");
                frames.frame(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
                frames.send();
                frames.untilEnded(stream + 2);
                assertThat(frames.received).containsEntry(stream + 2, 4);
            }
        }
    }

    @Test
    void otherFramesOfAnAnsweredStreamHarmNobody() throws IOException {
        try (Frames frames = new Frames()) {
            for (int stream = 3; stream < 60; stream += 2) {
                frames.get(stream, "/hit");
                frames.frame(PRIORITY, 0, stream, new byte[] {0, 0, 0, 0, 15});
                frames.frame(WINDOW_UPDATE, 0, stream, new byte[] {0, 0, 0, 1});
                frames.frame(PING, 0, 0, new byte[8]);
                frames.send();
                frames.untilEnded(stream);
                assertThat(frames.received).containsEntry(stream, 4);
            }
        }
    }

    @Test
    void asManyAnswersAsFillTheSocketAreAllSent() throws IOException {
        try (Frames frames = new Frames()) {
            for (int round = 0; round < 5; round++) {
                int first = 3 + round * 400;
                for (int stream = first; stream < first + 180; stream += 2) {
                    frames.get(stream, stream % 4 == 1 ? "/hit" : "/large*16000");
                }
                frames.send();
                for (int stream = first; stream < first + 180; stream += 2) {
                    frames.untilEnded(stream);
                    assertThat(frames.received).containsKey(stream);
                }
            }
        }
    }
}
