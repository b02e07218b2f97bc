package io.sallyport.gateway.direct;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseDecoder;

/** Netty's decoder of responses, told which request the next one answers. */
final class DirectDecoder extends HttpResponseDecoder {
    private static final int LARGEST_PART_BYTES = 64 << 10;

    private boolean head;

    DirectDecoder(DirectLimits limits) {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(limits.lineBytes())
                .setMaxHeaderSize(limits.headBytes())
                .setMaxChunkSize(LARGEST_PART_BYTES));
    }

    /** The method of the request whose response comes next. */
    void expect(HttpMethod method) {
        head = HttpMethod.HEAD.equals(method);
    }

    /** Whether bytes were read that belong to nothing that was asked for. */
    boolean hasLeftover() {
        return actualReadableBytes() > 0;
    }

    /** A response to HEAD has no content, whatever its fields say (RFC 9112, section 6.3). */
    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        return head || super.isContentAlwaysEmpty(message);
    }
}
