package io.sallyport.gateway.direct;

/** A connection on which requests are sent as its version of HTTP has them. Confined to its event loop. */
sealed interface DirectConnection permits DirectHttp1, DirectHttp2 {
    /** Whether it takes another request now. */
    boolean hasRoom();

    /** Sends a request; it must have room. */
    void start(DirectExchange exchange);

    /**
     * So much of what was held back for a stream has been taken.
     *
     * @param wantsMore whether content that comes now would be taken at once
     */
    void taken(int stream, int bytes, boolean wantsMore);

    /** Gives the response of a stream up. */
    void reset(int stream);

    /** Takes no more requests, and is closed when those that it has are answered. */
    void retire();

    /** Ends what takes longer than it may. */
    void look(long now);
}
