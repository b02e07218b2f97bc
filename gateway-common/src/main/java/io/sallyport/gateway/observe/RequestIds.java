package io.sallyport.gateway.observe;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.netty.handler.codec.http.HttpHeaders;
import io.sallyport.cache.engine.Answer;
import io.sallyport.gateway.request.InternalFields;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names of requests and of fills, for the lines of the access logs to be joined by. None is made while there is no log.
 * Thread-safe.
 */
public final class RequestIds {
    private static final Pattern WELL_FORMED = Pattern.compile("[0-9a-zA-Z-]{1,64}");

    private final AccessLog accessLog;
    private final boolean believesPeers;
    /** By what the readers of a fill read from, compared by identity. */
    private final Cache<Object, String> fills = Caffeine.newBuilder().weakKeys().build();

    /**
     * Names.
     *
     * @param believesPeers whether a request that says its name keeps it: where only edges get in
     */
    public RequestIds(AccessLog accessLog, boolean believesPeers) {
        this.accessLog = accessLog;
        this.believesPeers = believesPeers;
    }

    /** Whether there is a log that names would be for. */
    public boolean areKept() {
        return accessLog.isOn();
    }

    /** The name of a request that came: the one that the edge gave its own request, else a new one. */
    public String of(HttpHeaders fields) {
        String given = believesPeers ? fields.get(InternalFields.REQUEST_ID) : null;
        return given != null && WELL_FORMED.matcher(given).matches() ? given : next();
    }

    /** A new name: 16 hex digits, nothing to be guessed from and no secret. */
    public String next() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    }

    /** Remembers the name of a fill for all who will read from it. */
    public void remember(Object fill, String id) {
        fills.put(fill, id);
    }

    /** The name of the fill that an answer is read from; null where it is none that has a name. */
    @Nullable
    public String fillOf(Answer.Fetched answer) {
        return fills.getIfPresent(answer.content().origin());
    }
}
