package io.sallyport.identity.peer;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;
import io.sallyport.identity.IdentityException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Bounds how many handshakes of a listener are under way at the same time, in all and from one address. A connection
 * beyond a bound is closed when it is accepted, before anything is done for its TLS.
 *
 * <p>Addresses of IPv6 count by their first 64 bits. Safe for use by many threads.
 */
public final class HandshakeBound implements HandshakeEvents {
    private static final AttributeKey<Place> PLACE = AttributeKey.valueOf(HandshakeBound.class, "place");

    private final int total;
    private final int perAddress;
    private final AtomicInteger underWay = new AtomicInteger();
    private final ConcurrentHashMap<Long, Integer> byAddress = new ConcurrentHashMap<>();
    private final LongAdder refusedByTotal = new LongAdder();
    private final LongAdder refusedByAddress = new LongAdder();

    /** What one connection holds until its handshake has ended. */
    private record Place(long address, AtomicBoolean held) {}

    /**
     * Bounds of one listener.
     *
     * @param total how many handshakes may be under way
     * @param perAddress how many of them from one address
     */
    public HandshakeBound(int total, int perAddress) {
        if (total < 1 || perAddress < 1) {
            throw new IdentityException(
                    "sallyport.tls.max-handshakes and .max-handshakes-per-address must be positive: " + total + ", "
                            + perAddress);
        }
        this.total = total;
        this.perAddress = perAddress;
    }

    /** The handler that stands first in the pipeline of the listening channel. */
    public ChannelHandler acceptor() {
        return new Acceptor();
    }

    /** Connections that were closed because too many handshakes were under way. */
    public long refusedByTotal() {
        return refusedByTotal.sum();
    }

    /** Connections that were closed because too many came from their address. */
    public long refusedByAddress() {
        return refusedByAddress.sum();
    }

    /** Handshakes that are under way. */
    public int underWay() {
        return underWay.get();
    }

    @Override
    public void succeeded(Channel channel) {
        Place place = channel.attr(PLACE).get();
        if (place != null) {
            leave(place);
        }
    }

    /* The connection is about to be closed, which gives its place back. */
    @Override
    public void failed(HandshakeFailure failure) {}

    private boolean enter(Channel channel) {
        if (underWay.incrementAndGet() > total) {
            underWay.decrementAndGet();
            refusedByTotal.increment();
            return false;
        }
        long address = channel.remoteAddress() instanceof InetSocketAddress remote && remote.getAddress() != null
                ? key(remote.getAddress())
                : 0;
        int[] before = new int[1];
        byAddress.compute(address, (key, count) -> {
            before[0] = count == null ? 0 : count;
            return before[0] < perAddress ? Integer.valueOf(before[0] + 1) : count;
        });
        if (before[0] >= perAddress) {
            underWay.decrementAndGet();
            refusedByAddress.increment();
            return false;
        }
        Place place = new Place(address, new AtomicBoolean(true));
        channel.attr(PLACE).set(place);
        channel.closeFuture().addListener(closed -> leave(place));
        return true;
    }

    private void leave(Place place) {
        if (place.held().compareAndSet(true, false)) {
            underWay.decrementAndGet();
            byAddress.computeIfPresent(place.address(), (key, count) -> count > 1 ? Integer.valueOf(count - 1) : null);
        }
    }

    private static long key(InetAddress address) {
        byte[] octets = address.getAddress();
        return octets.length == Integer.BYTES
                ? 0xffff_0000_0000L
                        | Integer.toUnsignedLong(ByteBuffer.wrap(octets).getInt())
                : ByteBuffer.wrap(octets).getLong();
    }

    @Sharable
    private final class Acceptor extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
            if (message instanceof Channel child && !enter(child)) {
                child.unsafe().closeForcibly();
                return;
            }
            super.channelRead(context, message);
        }
    }
}
