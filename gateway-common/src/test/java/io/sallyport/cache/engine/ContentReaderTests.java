package io.sallyport.cache.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Ticker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sallyport.cache.store.MemoryStore;
import io.sallyport.cache.store.SegmentedBody;
import io.sallyport.cache.store.StoreEvents;
import io.sallyport.cache.store.StoreLimits;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.SignalType;

class ContentReaderTests {
    private static final int LENGTH = 300_000;

    /** A connection that takes a number of bytes until it is drained. */
    private static final class Connection implements Outlet {
        private final Queue<Runnable> tasks = new ArrayDeque<>();
        private int room;
        private boolean copies = true;
        private Runnable waiting = () -> {};

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        @Override
        public boolean copies() {
            return copies;
        }

        @Override
        public boolean isFull() {
            return room <= 0;
        }

        @Override
        public void whenDrained(Runnable task) {
            waiting = task;
        }

        void drains(int bytes) {
            room = bytes;
            waiting.run();
            run();
        }

        void run() {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
        }
    }

    @Test
    void whatIsWrittenAndUnsentIsBoundHoweverMuchIsAskedFor() {
        MemoryStore store = store();
        SegmentedBody body = whole(store, LENGTH);
        Connection connection = new Connection();
        connection.room = 100_000;
        int[] emitted = {0};
        boolean[] ended = {false};
        ContentReader.stored(body, connection, 0, LENGTH - 1).subscribe(new BaseSubscriber<ByteBuf>() {
            @Override
            protected void hookOnNext(ByteBuf slice) {
                emitted[0] += slice.readableBytes();
                connection.room -= slice.readableBytes();
                slice.release();
            }

            @Override
            protected void hookFinally(SignalType type) {
                ended[0] = type == SignalType.ON_COMPLETE;
            }
        });
        connection.run();
        assertThat(emitted[0]).isBetween(100_000, 100_000 + (16 << 10));
        connection.drains(150_000);
        assertThat(emitted[0]).isBetween(250_000, 250_000 + 2 * (16 << 10));
        assertThat(ended[0]).isFalse();
        connection.drains(100_000);
        assertThat(emitted[0]).isEqualTo(LENGTH);
        assertThat(ended[0]).isTrue();
        store.clear();
    }

    @Test
    void whatIsSentAsItLiesGoesInPiecesOfOneMebibyte() {
        assertThat(pieces(true, LENGTH))
                .allMatch(piece -> piece <= 16 << 10)
                .hasSizeGreaterThanOrEqualTo(LENGTH / (16 << 10));
        assertThat(pieces(false, LENGTH)).containsExactly(LENGTH);
        assertThat(pieces(false, 2_500_000)).containsExactly(1 << 20, 1 << 20, 2_500_000 - (2 << 20));
    }

    @Test
    void whatHasAllComeIsTakenInOnePiece() {
        MemoryStore store = store();
        Growing source = new Growing();
        SegmentedBody body = store.newBody(OptionalLong.of(10));
        ContentReader reader = new ContentReader(body, source, new Connection(), 0, Long.MAX_VALUE);
        body.append(Unpooled.copiedBuffer("01234", StandardCharsets.US_ASCII));
        assertThat(reader.takeWhole(100)).isNull();
        body.append(Unpooled.copiedBuffer("56789", StandardCharsets.US_ASCII));
        assertThat(reader.takeWhole(100)).isNull(); // its framing may say yet that there is more
        source.ending = new ContentReader.Ending.Broken(new UpstreamFailure(UpstreamFailure.Kind.DISCONNECT, "closed"));
        assertThat(reader.takeWhole(100)).isNull();
        source.ending = new ContentReader.Ending.Complete();
        assertThat(reader.takeWhole(9)).isNull();
        assertThat(source.left).isFalse();
        ByteBuf content = Objects.requireNonNull(reader.takeWhole(10));
        assertThat(content.toString(StandardCharsets.US_ASCII)).isEqualTo("0123456789");
        assertThat(source.left).isTrue();
        assertThat(reader.position()).isEqualTo(10);
        assertThat(reader.takeWhole(10)).isNull();
        content.release();
        assertThat(body.retain()).isFalse();
        store.clear();
    }

    @Test
    void aPartIsWholeWhenItsLastByteIsHere() {
        MemoryStore store = store();
        Growing source = new Growing();
        SegmentedBody body = store.newBody(OptionalLong.of(10));
        ContentReader reader = new ContentReader(body, source, new Connection(), 0, Long.MAX_VALUE);
        reader.narrow(2, 4);
        body.append(Unpooled.copiedBuffer("0123", StandardCharsets.US_ASCII));
        assertThat(reader.takeWhole(100)).isNull();
        body.append(Unpooled.copiedBuffer("4567", StandardCharsets.US_ASCII));
        ByteBuf content = Objects.requireNonNull(reader.takeWhole(100));
        assertThat(content.toString(StandardCharsets.US_ASCII)).isEqualTo("234");
        content.release();
        store.clear();
    }

    /** A body that is growing until a test says otherwise. */
    private static final class Growing implements ContentReader.Source {
        private ContentReader.@Nullable Ending ending;
        private boolean left;

        @Override
        public ContentReader.@Nullable Ending ending() {
            return ending;
        }

        @Override
        public void advanced(ContentReader reader) {}

        @Override
        public void left(ContentReader reader) {
            left = true;
        }

        @Override
        public void detached(ContentReader reader) {}
    }

    private static MemoryStore store() {
        return new MemoryStore(
                new StoreLimits(8 << 20, 4 << 20), Ticker.systemTicker(), InstantSource.system(), StoreEvents.NONE);
    }

    private static SegmentedBody whole(MemoryStore store, int length) {
        SegmentedBody body = store.newBody(OptionalLong.of(length));
        body.append(Unpooled.wrappedBuffer(new byte[length]));
        body.complete();
        return body;
    }

    private static List<Integer> pieces(boolean copies, int length) {
        MemoryStore store = store();
        SegmentedBody body = whole(store, length);
        Connection connection = new Connection();
        connection.room = length;
        connection.copies = copies;
        List<Integer> pieces = new ArrayList<>();
        ContentReader.stored(body, connection, 0, length - 1L).subscribe(new BaseSubscriber<ByteBuf>() {
            @Override
            protected void hookOnNext(ByteBuf slice) {
                pieces.add(slice.readableBytes());
                slice.release();
            }
        });
        connection.run();
        store.clear();
        assertThat(pieces.stream().mapToInt(Integer::intValue).sum()).isEqualTo(length);
        return pieces;
    }
}
