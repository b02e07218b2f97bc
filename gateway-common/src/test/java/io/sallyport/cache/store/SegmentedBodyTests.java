package io.sallyport.cache.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.util.IllegalReferenceCountException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SegmentedBodyTests {
    private final SegmentAllocator allocator = new SegmentAllocator();

    @AfterEach
    void allMemoryIsReturned() {
        assertThat(allocator.usedBytes()).isZero();
    }

    @Test
    void anAnnouncedLengthIsAllocatedExactly() {
        SegmentedBody body = body(OptionalLong.of(1000));
        append(body, 600);
        append(body, 400);
        assertThat(allocator.usedBytes()).isEqualTo(1000).isEqualTo(body.capacity());
        body.release();

        SegmentedBody large = body(OptionalLong.of(150_000));
        append(large, 150_000);
        large.complete();
        assertThat(allocator.usedBytes()).isEqualTo(150_000).isEqualTo(large.capacity());
        assertThat(large.segments()).isEqualTo(3);
        large.release();
    }

    @Test
    void whatLiesInSeveralSegmentsIsGathered() {
        SegmentedBody body = body(OptionalLong.of(200_000));
        byte[] bytes = append(body, 200_000);
        assertThat(body.segments()).isEqualTo(4);
        for (int[] asked : new int[][] {{0, 200_000}, {10, 300_000}, {65_536, 65_536}, {65_535, 2}, {199_999, 1}}) {
            ByteBuf gathered = body.gather(asked[0], asked[1]);
            int end = Math.min(asked[0] + asked[1], bytes.length);
            assertThat(ByteBufUtil.getBytes(gathered)).isEqualTo(Arrays.copyOfRange(bytes, asked[0], end));
            gathered.release();
        }
        assertThat(body.gather(200_000, 1).isReadable()).isFalse();
        ByteBuf held = body.gather(60_000, 100_000);
        body.release();
        assertThat(ByteBufUtil.getBytes(held)).isEqualTo(Arrays.copyOfRange(bytes, 60_000, 160_000));
        held.release();
    }

    @Test
    void withoutAnAnnouncedLengthSegmentsGrow() {
        SegmentedBody body = body(OptionalLong.empty());
        append(body, 1);
        assertThat(body.capacity()).isEqualTo(1 << 10);
        for (int i = 0; i < 200; i++) {
            append(body, 1 << 10);
        }
        assertThat(body.capacity()).isEqualTo((1 + 4 + 16 + 64 * 3) << 10);
        body.release();
    }

    @Test
    void completionReturnsWhatTheLastSegmentHoldsInVain() {
        SegmentedBody body = body(OptionalLong.empty());
        append(body, 100);
        ByteBuf before = body.slice(0, 100);
        body.complete();
        assertThat(body.capacity()).isEqualTo(100);
        assertThat(allocator.usedBytes()).isEqualTo(1124);
        ByteBuf after = body.slice(0, 200);
        assertThat(after).isEqualTo(before);
        before.release();
        assertThat(allocator.usedBytes()).isEqualTo(100);
        after.release();
        body.release();
    }

    @Test
    void anAnnouncedLengthThatIsWrongCostsNothingButMemory() {
        SegmentedBody body = body(OptionalLong.of(10));
        byte[] bytes = append(body, 5000);
        assertThat(read(body, 0, 5000)).isEqualTo(bytes);
        body.complete();
        assertThat(read(body, 0, 5000)).isEqualTo(bytes);
        body.release();

        SegmentedBody shorter = body(OptionalLong.of(60_000));
        append(shorter, 10);
        shorter.complete();
        assertThat(allocator.usedBytes()).isEqualTo(10);
        shorter.release();
    }

    @Test
    void anEmptyBodyHoldsNothing() {
        SegmentedBody body = body(OptionalLong.of(0));
        body.complete();
        assertThat(body.isComplete()).isTrue();
        assertThat(body.length()).isZero();
        assertThat(body.slice(0, 10).isReadable()).isFalse();
        body.release();
    }

    @Test
    void appendTakesNeitherOwnershipNorIndexOfItsSource() {
        SegmentedBody body = body(OptionalLong.empty());
        ByteBuf source = Unpooled.copiedBuffer(new byte[] {1, 2, 3}).skipBytes(1);
        body.append(source);
        assertThat(source.refCnt()).isOne();
        assertThat(source.readableBytes()).isEqualTo(2);
        source.release();
        assertThat(read(body, 0, 2)).containsExactly(2, 3);
        body.release();
    }

    @Test
    void aSliceOutlivesTheBody() {
        SegmentedBody body = body(OptionalLong.empty());
        byte[] bytes = append(body, 100);
        ByteBuf slice = body.slice(10, 20);
        body.release();
        assertThat(body.retain()).isFalse();
        assertThat(ByteBufUtil.getBytes(slice)).isEqualTo(Arrays.copyOfRange(bytes, 10, 30));
        assertThat(allocator.usedBytes()).isPositive();
        slice.release();
        assertThatExceptionOfType(IllegalReferenceCountException.class).isThrownBy(() -> body.slice(0, 1));
    }

    @Test
    void referencesNeverRiseFromZero() {
        SegmentedBody body = body(OptionalLong.empty());
        append(body, 10);
        assertThat(body.retain()).isTrue();
        body.release();
        body.release();
        assertThat(body.retain()).isFalse();
        assertThatIllegalStateException().isThrownBy(body::release);
        assertThat(body.retain()).isFalse();
    }

    @Test
    void whatEndedTakesNoMoreBytes() {
        SegmentedBody complete = body(OptionalLong.empty());
        complete.complete();
        assertThatIllegalStateException().isThrownBy(() -> append(complete, 1));
        complete.abort();
        assertThat(complete.isComplete()).isTrue();
        complete.release();

        SegmentedBody aborted = body(OptionalLong.empty());
        append(aborted, 1);
        aborted.abort();
        assertThat(aborted.isAborted()).isTrue();
        assertThat(aborted.isComplete()).isFalse();
        assertThatIllegalStateException().isThrownBy(() -> append(aborted, 1));
        assertThatIllegalStateException().isThrownBy(aborted::complete);
        aborted.release();
    }

    @Test
    void offsetsOutsideAreRefused() {
        SegmentedBody body = body(OptionalLong.empty());
        append(body, 10);
        assertThat(body.slice(10, 1).isReadable()).isFalse();
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> body.slice(11, 1));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> body.slice(-1, 1));
        body.release();
    }

    @Test
    void trimmingFreesWholeSegmentsOnly() {
        SegmentedBody body = body(OptionalLong.of(1 << 20));
        byte[] bytes = append(body, 300_000);
        ByteBuf held = body.slice(0, 10);
        body.trimBefore(140_000);
        assertThat(body.isWhole()).isFalse();
        assertThat(body.capacity()).isEqualTo(3 * 65_536);
        assertThat(allocator.usedBytes()).isEqualTo(4 * 65_536);
        held.release();
        assertThat(allocator.usedBytes()).isEqualTo(3 * 65_536);
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> body.slice(131_071, 1));
        assertThat(read(body, 131_072, 168_928)).isEqualTo(Arrays.copyOfRange(bytes, 131_072, 300_000));

        body.trimBefore(Long.MAX_VALUE);
        byte[] more = append(body, 70_000);
        assertThat(body.available()).isEqualTo(370_000);
        assertThat(read(body, 300_000, 70_000)).isEqualTo(more);
        body.release();
    }

    @Test
    void anyMixOfAppendsSlicesAndTrimsReadsWhatWasWritten() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 60; round++) {
            byte[] written = new byte[0];
            SegmentedBody body =
                    body(random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(random.nextInt(300_000)));
            long trimmed = 0;
            for (int step = 0; step < 30; step++) {
                byte[] bytes = append(body, random.nextInt(20_000));
                written = Arrays.copyOf(written, written.length + bytes.length);
                System.arraycopy(bytes, 0, written, written.length - bytes.length, bytes.length);
                if (random.nextInt(5) == 0) {
                    trimmed = random.nextLong(trimmed, written.length + 1L);
                    body.trimBefore(trimmed);
                }
                int from = (int) random.nextLong(trimmed, written.length + 1L);
                int size = random.nextInt(written.length - from + 1);
                assertThat(read(body, from, size))
                        .as("seed %d", seed)
                        .isEqualTo(Arrays.copyOfRange(written, from, from + size));
            }
            body.complete();
            assertThat(read(body, trimmed, written.length - (int) trimmed))
                    .as("seed %d", seed)
                    .isEqualTo(Arrays.copyOfRange(written, (int) trimmed, written.length));
            body.release();
            assertThat(allocator.usedBytes()).isZero();
        }
    }

    @Test
    void manyReadersFollowOneWriter() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int round = 0; round < 40; round++) {
                int length = 200_000 + round;
                SegmentedBody body = body(OptionalLong.empty());
                List<Future<Long>> readers = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    assertThat(body.retain()).isTrue();
                    readers.add(threads.submit(follow(body)));
                }
                Random random = new Random(round);
                for (int written = 0; written < length; ) {
                    int size = Math.min(length - written, 1 + random.nextInt(9000));
                    byte[] bytes = new byte[size];
                    for (int i = 0; i < size; i++) {
                        bytes[i] = StoreFixture.pattern(1, written + i);
                    }
                    body.append(Unpooled.wrappedBuffer(bytes));
                    written += size;
                }
                body.complete();
                body.release();
                for (Future<Long> reader : readers) {
                    assertThat(reader.get()).isEqualTo(length);
                }
            }
        }
    }

    private static Callable<Long> follow(SegmentedBody body) {
        return () -> {
            long position = 0;
            while (!body.isComplete() || position < body.available()) {
                ByteBuf slice = body.slice(position, 16 << 10);
                byte[] bytes = ByteBufUtil.getBytes(slice);
                for (int i = 0; i < bytes.length; i++) {
                    if (bytes[i] != StoreFixture.pattern(1, position + i)) {
                        throw new AssertionError("wrong byte at " + (position + i));
                    }
                }
                position += slice.readableBytes();
                slice.release();
                Thread.onSpinWait();
            }
            body.release();
            return position;
        };
    }

    private SegmentedBody body(OptionalLong expectedLength) {
        return new SegmentedBody(allocator, expectedLength);
    }

    private static byte[] append(SegmentedBody body, int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        body.append(Unpooled.wrappedBuffer(bytes));
        return bytes;
    }

    private static byte[] read(SegmentedBody body, long from, int size) {
        ByteBuf all = Unpooled.buffer(Math.max(1, size));
        while (all.readableBytes() < size) {
            ByteBuf slice = body.slice(from + all.readableBytes(), size - all.readableBytes());
            assertThat(slice.isReadable()).isTrue();
            all.writeBytes(slice);
            slice.release();
        }
        return ByteBufUtil.getBytes(all);
    }
}
