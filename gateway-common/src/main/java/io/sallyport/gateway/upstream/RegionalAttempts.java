package io.sallyport.gateway.upstream;

import io.sallyport.cache.engine.UpstreamFailure;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One request on its way along the gates of a list. What was not sent goes on to the next gate; a safe request without content
 * also when it was sent and refused, or its connection ended before the response: that is sent once more and never a third
 * time. Not thread-safe.
 */
public final class RegionalAttempts {
    private static final int MOST_SENDINGS = 2;

    private final RegionalLists lists;
    private final List<RegionalGate> gates;
    private final boolean repeatable;
    private final Set<RegionalGate> tried = new HashSet<>(2);
    private int sendings;

    /**
     * A way that begins.
     *
     * @param repeatable whether the request is safe and has no content
     */
    public RegionalAttempts(RegionalLists lists, List<RegionalGate> gates, boolean repeatable) {
        this.lists = lists;
        this.gates = gates;
        this.repeatable = repeatable;
    }

    /** The first gate that takes requests; where none does, the first that was not tried; empty after the last. */
    public Optional<RegionalGate> next() {
        long now = System.nanoTime();
        Optional<RegionalGate> admitting =
                untried().filter(gate -> gate.admits(now, repeatable)).findFirst();
        Optional<RegionalGate> chosen = admitting.or(() -> untried().findFirst());
        chosen.ifPresent(tried::add);
        return chosen;
    }

    private Stream<RegionalGate> untried() {
        return gates.stream().filter(gate -> !tried.contains(gate));
    }

    /** A gate says that it ends and has done nothing with the request; whether to ask the next one. */
    public boolean draining(RegionalGate gate) {
        gate.failed(RegionalGate.Failure.UNREACHABLE, "draining", System.nanoTime());
        sendings++;
        return repeatable && sendings < MOST_SENDINGS && !isLast() && goesOn(gate);
    }

    /**
     * A gate did not answer; whether to ask the next one.
     *
     * @param sent whether the request may have reached it
     */
    public boolean failed(RegionalGate gate, UpstreamFailure failure, boolean sent) {
        boolean ofConnection = switch (failure.kind()) {
            case CONNECT, TLS, DISCONNECT -> true;
            case TIMEOUT -> !sent;
            case PROTOCOL, OVERLOAD, INTERNAL -> false;
        };
        if (!ofConnection) {
            gate.givenUp();
            return false;
        }
        gate.failed(
                failure.kind() == UpstreamFailure.Kind.DISCONNECT
                        ? RegionalGate.Failure.DISCONNECTED
                        : RegionalGate.Failure.UNREACHABLE,
                failure.detail(),
                System.nanoTime());
        if (sent) {
            sendings++;
        }
        return !isLast() && (!sent || (repeatable && sendings < MOST_SENDINGS)) && goesOn(gate);
    }

    private boolean isLast() {
        return tried.size() == gates.size();
    }

    private boolean goesOn(RegionalGate from) {
        lists.failedOver(from);
        return true;
    }
}
