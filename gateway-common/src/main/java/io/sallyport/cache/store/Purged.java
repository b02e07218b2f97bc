package io.sallyport.cache.store;

import java.util.OptionalLong;

/**
 * The outcome of a purge.
 *
 * @param sequence its place in the order of purges; what was asked for upstream before it is covered by it
 * @param responses how many stored responses it touched, where that is known: a purge by generation does not count
 */
public record Purged(long sequence, OptionalLong responses) {}
