package io.sallyport.cache.store;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.util.ResourceLeakDetector;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Netty's leak detector, in its most careful mode, finds nothing after eviction has raced with readers. */
class LeakTests {
    private static final long MAX = 2 << 20;

    @Test
    void evictionThatRacesWithReadersLeaksNothing() throws Exception {
        assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
        ListAppender<ILoggingEvent> said = new ListAppender<>();
        said.start();
        Logger detector = (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
        detector.addAppender(said);
        try {
            race(new StoreFixture(MAX));
            // A leak is told of when a buffer that was not freed is collected and another one is allocated.
            for (int i = 0; i < 3; i++) {
                System.gc();
                StoreFixture another = new StoreFixture(MAX);
                SegmentedBody body = another.store.newBody(OptionalLong.of(100));
                body.release();
                another.body(1, 100_000).release();
            }
        } finally {
            detector.detachAppender(said);
        }
        assertThat(said.list).extracting(ILoggingEvent::getFormattedMessage).isEmpty();
    }

    private static void race(StoreFixture fixture) throws Exception {
        MemoryStore store = fixture.store;
        AtomicBoolean stop = new AtomicBoolean();
        LongAdder read = new LongAdder();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            var reader = threads.submit(() -> {
                Random random = new Random(1);
                while (!stop.get()) {
                    store.variants(StoreFixture.key("/" + random.nextInt(100))).forEach(response -> {
                        if (store.retain(response)) {
                            SegmentedBody body = SegmentedBody.of(response);
                            for (long at = 0; at < body.length(); ) {
                                var slice = body.slice(at, 16 << 10);
                                at += slice.readableBytes();
                                slice.release();
                            }
                            read.increment();
                            store.release(response);
                        }
                    });
                }
            });
            var writer = threads.submit(() -> {
                Random random = new Random(2);
                for (int i = 0; i < 2000; i++) {
                    fixture.put("/" + random.nextInt(100), random.nextInt(120 << 10));
                }
            });
            writer.get();
            stop.set(true);
            reader.get();
        }
        assertThat(read.sum()).isPositive();
        store.clear();
        assertThat(store.allocator().usedBytes()).isZero();
    }
}
