package io.sallyport.gateway.request;

import io.sallyport.http.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one customer request, collected on its way for the meters and the access log. Confined to the customer's
 * event loop but for the fields that a filter sets before the response is sent.
 */
public final class ClientExchange {
    private final ReceivedRequest request;
    private final String peer;
    private final long startNanos;
    private @Nullable RequestHead head;
    private String route = "none";
    private Outcome outcome = Outcome.BYPASS;
    private int status;
    private long contentBytes;
    private String failure = "";
    private volatile boolean malformed;
    private String id = "";
    private String fill = "";

    public ClientExchange(ReceivedRequest request, String peer, long startNanos) {
        this.request = request;
        this.peer = peer;
        this.startNanos = startNanos;
    }

    /** What is known before anything is done about the request, whose answer goes to another channel. */
    public ClientExchange of(ReceivedRequest same) {
        ClientExchange exchange = new ClientExchange(same, peer, startNanos);
        exchange.head = head;
        exchange.route = route;
        exchange.id = id;
        return exchange;
    }

    /** What became of a request in the cache. */
    public enum Outcome {
        /** Answered from the store, fresh. */
        HIT,
        /** Answered from the store, stale. */
        STALE,
        /** Answered from the store after the origin confirmed it. */
        REVALIDATED,
        /** Answered from another's fetch. */
        COLLAPSED,
        /** Fetched from upstream. */
        MISS,
        /** Handed on without a look-up. */
        BYPASS,
        /** Answered by the gate itself with an error. */
        REFUSED;

        private final String label = name().toLowerCase(java.util.Locale.ROOT);

        /** The value of the tag {@code outcome}. */
        public String label() {
            return label;
        }

        /** Whether the content came from the store, or from a fetch that another began. */
        public boolean isFromStore() {
            return this == HIT || this == STALE || this == REVALIDATED || this == COLLAPSED;
        }
    }

    /** The head, once it has turned out to be well-formed. */
    public void head(RequestHead known) {
        head = known;
    }

    /** The route that the request takes. */
    public void route(String id) {
        route = id;
    }

    /** What became of it in the cache; the last one counts. */
    public void outcome(Outcome known) {
        outcome = known;
    }

    /** The status code of the answer. */
    public void status(int code) {
        status = code;
    }

    /** Adds to the octets of content that were sent. */
    public void sent(long bytes) {
        contentBytes += bytes;
    }

    /** Why upstream failed, without anything that a client wrote. */
    public void failed(String detail) {
        failure = detail;
    }

    /** The server itself has answered that the request's content is malformed. */
    public void malformed() {
        status = 400;
        malformed = true;
    }

    /** Whether the server itself has answered that the content is malformed. */
    public boolean isMalformed() {
        return malformed;
    }

    /** The request's name in the access log. */
    public void id(String name) {
        id = name;
    }

    /** The request's name in the access log; empty where there is no log. */
    public String id() {
        return id;
    }

    /** The name of the fill whose response is sent. */
    public void fill(String name) {
        fill = name;
    }

    /** The name of the fill whose response was sent; empty where there was none, or there is no log. */
    public String fill() {
        return fill;
    }

    /** Why upstream failed; empty where it did not. */
    public String failure() {
        return failure;
    }

    /** The name of the node at the other end; empty where the connection carries no node identity. */
    public String peer() {
        return peer;
    }

    /** The request as it came. */
    public ReceivedRequest request() {
        return request;
    }

    /** The version of HTTP that the request came in, such as "1.1" or "2". */
    public String version() {
        return ReceivedVersion.of(request.version());
    }

    /** The head, where the request target could be read. */
    public @Nullable RequestHead head() {
        return head;
    }

    /** The route's id, or "none". */
    public String route() {
        return route;
    }

    /** What became of it. */
    public Outcome outcome() {
        return outcome;
    }

    /** The status code that was sent; 0 where the customer left before. */
    public int status() {
        return status;
    }

    /** Bytes of content sent, before any coding of the transfer. */
    public long contentBytes() {
        return contentBytes;
    }

    /** Nanoseconds between the start of the request and the given reading of the same clock. */
    public long elapsedNanos(long nowNanos) {
        return nowNanos - startNanos;
    }
}
