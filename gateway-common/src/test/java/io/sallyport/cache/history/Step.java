package io.sallyport.cache.history;

import io.sallyport.http.Fields;

/** What happens in a history. */
sealed interface Step {
    /** Time passes. */
    record Passes(long seconds) implements Step {}

    /**
     * A customer asks for a resource; if the cache asks the origin, it gets this answer.
     *
     * @param method the method
     * @param resource the number of the resource
     * @param fields the customer's fields
     * @param origin what the origin has at this time
     */
    record Asks(String method, int resource, Fields fields, Origin origin) implements Step {
        String path() {
            return "/r" + resource;
        }
    }

    /**
     * The state of the origin.
     *
     * @param fails whether it breaks the connection instead of answering
     * @param status the status of its full answer
     * @param fields the fields of its full answer; of a 304 all but those of the representation
     * @param content the content
     */
    record Origin(boolean fails, int status, Fields fields, String content) {}
}
