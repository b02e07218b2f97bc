package io.sallyport.cache.history;

/**
 * What a customer got, and where from.
 *
 * @param source where the response came from
 * @param status its status
 * @param content its content; the stored one also where none was sent (HEAD, 304)
 */
record Outcome(Source source, int status, String content) {
    enum Source {
        /** From the store, without asking the origin. */
        STORE,
        /** From the store, while the origin is asked in the background. */
        STORE_AND_REFRESH,
        /** From the store, after the origin confirmed it. */
        VALIDATED,
        /** From the store, since the origin failed. */
        STALE_ON_ERROR,
        /** From the origin. */
        ORIGIN,
        /** None: the origin failed, or the customer wanted a stored one only. */
        ERROR
    }
}
