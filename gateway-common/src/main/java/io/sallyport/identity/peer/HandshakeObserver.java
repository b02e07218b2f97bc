package io.sallyport.identity.peer;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.sallyport.identity.PeerIdentity;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Stands right behind the {@link SslHandler} of one connection and tells how its handshake ended.
 *
 * <p>On a server a failed handshake ends here: nothing of it reaches the handlers of HTTP, which would log it again. A
 * client passes the failure on, since somebody waits for the connection.
 */
public final class HandshakeObserver extends ChannelInboundHandlerAdapter {
    static final String NAME = "sallyport.handshake";

    private final HandshakeEvents events;
    private State state = State.OPEN;

    private enum State {
        OPEN,
        DONE,
        FAILED
    }

    private HandshakeObserver(HandshakeEvents events) {
        this.events = events;
    }

    /** Puts an observer behind the channel's TLS handler; does nothing on a channel without one. */
    public static void observe(Channel channel, HandshakeEvents events) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls != null) {
            String name = channel.pipeline().context(tls).name();
            channel.pipeline().addAfter(name, NAME, new HandshakeObserver(events));
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
        if (!(event instanceof SslHandshakeCompletionEvent completion)) {
            super.userEventTriggered(context, event);
            return;
        }
        SslHandler tls = context.pipeline().get(SslHandler.class);
        if (completion.isSuccess()) {
            state = State.DONE;
            succeeded(context.channel(), tls);
            context.fireUserEventTriggered(event);
            return;
        }
        state = State.FAILED;
        events.failed(HandshakeFailure.of(context.channel(), tls, completion.cause()));
        if (isServer(tls)) {
            var _ = context.close();
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) throws Exception {
        SslHandler tls = context.pipeline().get(SslHandler.class);
        if (state != State.DONE && isServer(tls)) {
            return;
        }
        if (state == State.DONE && !isServer(tls) && HandshakeFailure.isFatalAlert(cause)) {
            // TLS 1.3: a server refuses our certificate after our own handshake has ended.
            state = State.FAILED;
            events.failed(HandshakeFailure.of(context.channel(), tls, cause));
        }
        context.fireExceptionCaught(cause);
    }

    private void succeeded(Channel channel, SslHandler tls) {
        try {
            if (tls.engine().getSession().getPeerCertificates()[0] instanceof X509Certificate certificate) {
                PeerIdentity.of(certificate).ifPresent(peer -> peer.attachTo(channel));
            }
        } catch (SSLPeerUnverifiedException e) {
            // A listener that asks for no certificate.
        }
        events.succeeded(channel);
    }

    private static boolean isServer(SslHandler tls) {
        return tls == null || !tls.engine().getUseClientMode();
    }
}
