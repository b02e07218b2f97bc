package io.sallyport.identity.node;

import java.time.Instant;

/** What keeps a node's material fresh; its own work is confined to the identity's thread. */
interface Upkeep extends AutoCloseable {
    /** Begins what runs beside the ticks. */
    void start();

    /** Does what must be done before the node may serve. */
    default void prepare(Instant now) {}

    /** Does what is due; called every second. */
    void tick(Instant now);

    /** When new credentials are next asked for; far in the future where nobody is asked. */
    Instant nextRenewal();

    /** Has new credentials asked for now; answers whether anybody can be asked. */
    boolean renewSoon();

    @Override
    void close();
}
