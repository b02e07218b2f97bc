package io.sallyport.gateway.answer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The contents of the gate's own errors: status code and reason phrase. Thread-safe. */
final class StatusText {
    private static final int BEYOND = 600;
    private static final AtomicReferenceArray<byte @Nullable []> known = new AtomicReferenceArray<>(BEYOND);
    /** Never released. */
    private static final AtomicReferenceArray<@Nullable ByteBuf> contents = new AtomicReferenceArray<>(BEYOND);

    private StatusText() {}

    /** The same as a content of its own, which does not have to be copied for the socket. */
    static ByteBuf content(int status) {
        ByteBuf content = contents.getAcquire(status);
        if (content == null) {
            byte[] text = of(status);
            content = Unpooled.directBuffer(text.length).writeBytes(text);
            contents.setRelease(status, content);
        }
        return content.retainedDuplicate();
    }

    /** Must not be written to. The status code is one of RFC 9110, section 15: below 600. */
    static byte[] of(int status) {
        byte[] text = known.getAcquire(status);
        if (text == null) {
            text = (HttpResponseStatus.valueOf(status) + "\n").getBytes(StandardCharsets.US_ASCII);
            known.setRelease(status, text);
        }
        return text;
    }
}
