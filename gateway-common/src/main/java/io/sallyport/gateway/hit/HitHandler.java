package io.sallyport.gateway.hit;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import io.sallyport.gateway.answer.WholeAnswer;
import io.sallyport.gateway.client.HeadDeadline;
import io.sallyport.gateway.request.ReceivedRequest;
import io.sallyport.gateway.request.RequestHeads;
import org.jspecify.annotations.Nullable;

/**
 * Answers hits and refusals of an HTTP/1.1 connection before Reactor Netty makes an exchange of them, which costs more than
 * all the rest of a hit. Takes a plain GET or HEAD while no other request is running; hands on everything else, with what it has decided
 * about it. One connection's, confined to its loop.
 */
final class HitHandler extends ChannelDuplexHandler {
    private final Hits hits;
    private final String scheme;
    private final @Nullable HeadDeadline deadline;
    /** Where answers go: past Reactor Netty's idle timer, which the request has set anew just before. */
    private final ChannelHandlerContext codec;

    /** The requests that were handed on and are not answered; the handler comes while the first one is running. */
    private int running = 1;

    private boolean informational;
    private boolean ending;
    /** Whether what is left of a request that has been answered is still to come. */
    private boolean answered;

    /** Whether answers wait for the end of the turn. */
    private boolean unsent;

    private @Nullable Decision decision;

    HitHandler(Hits hits, String scheme, @Nullable HeadDeadline deadline, ChannelHandlerContext codec) {
        this.hits = hits;
        this.scheme = scheme;
        this.deadline = deadline;
        this.codec = codec;
    }

    /** Takes over what has been decided of the request that is being handed on. */
    @Nullable
    Decision take() {
        Decision made = decision;
        decision = null;
        return made;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (answered) {
            ReferenceCountUtil.release(message);
            if (message instanceof LastHttpContent) {
                answered = false;
                context.read();
            }
        } else if (message instanceof HttpRequest request) {
            if (!isPlain(context, request) || !isAnswered(context, request)) {
                handOn(context, request);
            }
        } else {
            context.fireChannelRead(message);
        }
    }

    private boolean isPlain(ChannelHandlerContext context, HttpRequest request) {
        if (running > 0 || ending) {
            return false;
        }
        HttpHeaders headers = request.headers();
        String connection = headers.get(HttpHeaderNames.CONNECTION);
        return !(request instanceof LastHttpContent)
                && request.decoderResult().isSuccess()
                && request.protocolVersion().equals(HttpVersion.HTTP_1_1)
                && (request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD))
                && !RequestHeads.hasContent(headers)
                && (connection == null || AsciiString.contentEqualsIgnoreCase(connection, HttpHeaderValues.KEEP_ALIVE))
                && !headers.contains(HttpHeaderNames.UPGRADE)
                && !headers.contains(HttpHeaderNames.EXPECT)
                && context.channel().isWritable()
                && hits.areServed();
    }

    private boolean isAnswered(ChannelHandlerContext context, HttpRequest request) {
        Decision made = hits.decide(ReceivedRequest.of(context.channel(), request, scheme));
        WholeAnswer answer = hits.answer(made, Integer.MAX_VALUE);
        if (answer == null) {
            decision = made;
            return false;
        }
        answered = true;
        if (deadline != null) {
            deadline.answered();
        }
        encode(answer);
        if (!unsent) {
            unsent = true;
            TurnFlush.later(context);
        }
        hits.ended(made);
        return true;
    }

    private void encode(WholeAnswer answer) {
        try {
            ((HttpServerCodec) codec.handler()).write(codec, answer.http1(), codec.voidPromise());
        } catch (Exception unencodable) { // as Netty does where it calls a handler
            codec.pipeline().fireExceptionCaught(unencodable);
        }
    }

    private void handOn(ChannelHandlerContext context, HttpRequest request) {
        running++;
        context.fireChannelRead(request);
        Decision unused = take();
        if (unused != null) {
            hits.discard(unused);
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse response) {
            informational = response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
            ending |= !informational && !HttpUtil.isKeepAlive(response);
        }
        if (message instanceof LastHttpContent && !informational) {
            running = Math.max(0, running - 1);
        }
        var _ = context.write(message, promise);
    }

    @Override
    public void flush(ChannelHandlerContext context) {
        unsent = false;
        context.flush();
    }

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        if (unsent) {
            flush(context);
        }
        var _ = context.close(promise);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        flush(context);
    }
}
