package io.sallyport.gateway.direct;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;

/** What has come on a connection and was not read yet. */
public final class UnreadInput {
    private UnreadInput() {}

    /**
     * Whether something waits in the socket that the loop has not come to yet, or the peer has ended the connection, as far as
     * that can be said: not over TLS, where the peer may send records of the protocol itself, and with epoll only. What waits
     * is lost in part, so that the connection is of no use any more.
     */
    public static boolean waits(Channel connection) {
        if (!(connection instanceof EpollSocketChannel socket)
                || connection.pipeline().get(SslHandler.class) != null) {
            return false;
        }
        ByteBuf probe = Unpooled.directBuffer(1, 1);
        try {
            return socket.fd().read(probe.internalNioBuffer(0, 1), 0, 1) != 0;
        } catch (IOException broken) {
            return true;
        } finally {
            probe.release();
        }
    }
}
