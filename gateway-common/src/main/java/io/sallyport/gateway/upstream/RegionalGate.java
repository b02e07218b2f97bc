package io.sallyport.gateway.upstream;

import java.net.URI;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of several gates that stand in for one another, and what became of the requests that were sent to it. A gate that
 * failed is passed over for a time; then one request finds out whether it is back. Thread-safe.
 */
public final class RegionalGate {
    private static final Logger log = LoggerFactory.getLogger(RegionalGate.class);

    /** Connections end for many reasons: so many in succession before a response are taken for the gate's failure. */
    private static final int MOST_DISCONNECTS = 3;

    private final URI uri;
    private final String name;
    private Duration backOff;
    private boolean down;
    private boolean probing;
    private int disconnects;
    private long retryAtNanos;
    private String reason = "";

    /** What a gate is thought to be. */
    public enum State {
        /** It answers. */
        UP,
        /** It failed and is passed over. */
        DOWN,
        /** Its back-off is over: the next request finds out. */
        HALF_OPEN
    }

    /** How a request to a gate ended without a response. */
    enum Failure {
        /** The gate cannot take requests at all. */
        UNREACHABLE,
        /** A connection ended before the response. */
        DISCONNECTED
    }

    RegionalGate(URI uri, Duration backOff) {
        this.uri = uri;
        this.name = uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
        this.backOff = backOff;
    }

    /** Where it is: scheme, host, port. */
    public URI uri() {
        return uri;
    }

    /** Changes how long it is passed over the next time. */
    synchronized void backOff(Duration next) {
        backOff = next;
    }

    /** Host and port, as the value of a tag. */
    String name() {
        return name;
    }

    /** Whether it is asked now. */
    public synchronized State state(long nowNanos) {
        if (!down) {
            return State.UP;
        }
        return nowNanos - retryAtNanos >= 0 ? State.HALF_OPEN : State.DOWN;
    }

    /** Why it was last passed over; empty where it never was. */
    public synchronized String reason() {
        return reason;
    }

    /** Whether a request may go there; where that is to find out whether it is back, no other one may until it is known. */
    synchronized boolean admits(long nowNanos, boolean mayProbe) {
        if (!down) {
            return true;
        }
        if (!mayProbe || probing || nowNanos - retryAtNanos < 0) {
            return false;
        }
        probing = true;
        return true;
    }

    /** A request was answered. */
    public synchronized void answered() {
        probing = false;
        disconnects = 0;
        if (down) {
            down = false;
            log.info("event=regional-gate-up gate={}", name);
        }
    }

    /** A request was given up before it was known what becomes of it. */
    public synchronized void givenUp() {
        probing = false;
    }

    /** A request was not answered. */
    synchronized void failed(Failure failure, String why, long nowNanos) {
        probing = false;
        if (failure == Failure.DISCONNECTED && !down && ++disconnects < MOST_DISCONNECTS) {
            return;
        }
        disconnects = 0;
        reason = why;
        retryAtNanos = nowNanos + backOff.toNanos();
        if (!down) {
            down = true;
            log.warn("event=regional-gate-down gate={} reason=\"{}\" back-off={}", name, why, backOff);
        }
    }
}
