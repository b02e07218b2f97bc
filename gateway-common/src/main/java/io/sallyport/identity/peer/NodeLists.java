package io.sallyport.identity.peer;

import io.sallyport.identity.IdentityException;
import io.sallyport.identity.PeerIdentity;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Which nodes of the accepted role count as peers: an allow list and a deny list of node names, which may change while
 * connections live.
 *
 * <p>Safe for use by many threads.
 */
public final class NodeLists {
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Names names;

    private record Names(Set<String> allowed, Set<String> denied) {}

    /**
     * Begins with two lists of node names.
     *
     * @param allowed the only nodes that count; all when it is empty
     * @param denied nodes that do not count, also when they are allowed
     * @throws IdentityException if a name cannot be a node's
     */
    public NodeLists(Set<String> allowed, Set<String> denied) {
        this.names = names(allowed, denied);
    }

    /** Lists that object to nobody. */
    public static NodeLists everybody() {
        return new NodeLists(Set.of(), Set.of());
    }

    /**
     * Changes the lists.
     *
     * @throws IdentityException if a name cannot be a node's; the former lists stay
     */
    public void change(Set<String> allowed, Set<String> denied) {
        names = names(allowed, denied);
        listeners.forEach(Runnable::run);
    }

    /** Has the listener called after each change. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** Why the node does not count; empty when it does. */
    Optional<String> objection(String node) {
        Names now = names;
        if (now.denied().contains(node)) {
            return Optional.of("the node " + node + " is on the deny list");
        }
        return now.allowed().isEmpty() || now.allowed().contains(node)
                ? Optional.empty()
                : Optional.of("the node " + node + " is not on the allow list");
    }

    private static Names names(Set<String> allowed, Set<String> denied) {
        allowed.forEach(NodeLists::check);
        denied.forEach(NodeLists::check);
        return new Names(Set.copyOf(allowed), Set.copyOf(denied));
    }

    private static void check(String node) {
        if (!PeerIdentity.isNodeName(node)) {
            throw new IdentityException(
                    String.format(Locale.ROOT, "sallyport.peers lists must hold names of nodes: '%s' is none", node));
        }
    }
}
