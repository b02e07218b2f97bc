package io.sallyport.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** A listener that accepts nothing and whose backlog is full, so that a connection to it never stands. */
final class Unreachable implements AutoCloseable {
    private final ServerSocket listener;
    private final List<SocketChannel> backlog = new ArrayList<>();

    Unreachable() throws IOException {
        listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        for (int i = 0; i < 8; i++) {
            SocketChannel waiting = SocketChannel.open();
            waiting.configureBlocking(false);
            waiting.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort()));
            backlog.add(waiting);
        }
    }

    String url() {
        return "http://127.0.0.1:" + listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel waiting : backlog) {
            waiting.close();
        }
        listener.close();
    }
}
