package io.sallyport.cache.rule;

import io.sallyport.http.DeltaSeconds;
import io.sallyport.http.FieldParser;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What one cache did with one request: a member of Cache-Status (RFC 9211). Immutable.
 *
 * @param cache the name of the cache
 * @param hit whether the request was answered without going forward
 * @param forwarded why the request went forward; empty on a hit
 * @param forwardedStatus the status that the next hop answered
 * @param isStored whether the answer was stored
 * @param isCollapsed whether the request was joined to another one
 * @param timeToLive the remaining freshness lifetime, negative when stale
 * @param details a word of its own
 */
public record CacheStatus(
        String cache,
        boolean hit,
        Optional<String> forwarded,
        OptionalInt forwardedStatus,
        boolean isStored,
        boolean isCollapsed,
        Optional<Duration> timeToLive,
        Optional<String> details) {
    public CacheStatus {
        Objects.requireNonNull(cache);
    }

    /** A hit with its remaining lifetime. */
    public static CacheStatus hit(String cache, Duration ttl) {
        return new CacheStatus(
                cache, true, Optional.empty(), OptionalInt.empty(), false, false, Optional.of(ttl), Optional.empty());
    }

    /** A request that went forward; the reason is a fwd value such as "uri-miss". */
    public static CacheStatus fwd(String cache, String reason) {
        return new CacheStatus(
                cache,
                false,
                Optional.of(reason),
                OptionalInt.empty(),
                false,
                false,
                Optional.empty(),
                Optional.empty());
    }

    /** A response that the cache made itself: neither a hit nor forwarded. */
    public static CacheStatus generated(String cache) {
        return new CacheStatus(
                cache, false, Optional.empty(), OptionalInt.empty(), false, false, Optional.empty(), Optional.empty());
    }

    /** With the status code of the forward response. */
    public CacheStatus fwdStatus(int status) {
        return new CacheStatus(
                cache, hit, forwarded, OptionalInt.of(status), isStored, isCollapsed, timeToLive, details);
    }

    /** With the mark that the forward response was stored. */
    public CacheStatus stored() {
        return new CacheStatus(cache, hit, forwarded, forwardedStatus, true, isCollapsed, timeToLive, details);
    }

    /** With the mark that the request was collapsed with others. */
    public CacheStatus collapsed() {
        return new CacheStatus(cache, hit, forwarded, forwardedStatus, isStored, true, timeToLive, details);
    }

    /** With the remaining freshness lifetime. */
    public CacheStatus ttl(Duration ttl) {
        return new CacheStatus(
                cache, hit, forwarded, forwardedStatus, isStored, isCollapsed, Optional.of(ttl), details);
    }

    /** With a detail. */
    public CacheStatus detail(String detail) {
        return new CacheStatus(
                cache, hit, forwarded, forwardedStatus, isStored, isCollapsed, timeToLive, Optional.of(detail));
    }

    /** The member as it stands in the field. */
    public String render() {
        StringBuilder member = new StringBuilder(tokenOrString(cache));
        if (hit) {
            member.append("; hit");
        }
        forwarded.ifPresent(reason -> member.append("; fwd=").append(tokenOrString(reason)));
        forwardedStatus.ifPresent(status -> member.append("; fwd-status=").append(status));
        if (isStored) {
            member.append("; stored");
        }
        if (isCollapsed) {
            member.append("; collapsed");
        }
        timeToLive.ifPresent(ttl -> member.append("; ttl=").append(seconds(ttl)));
        details.ifPresent(detail -> member.append("; detail=").append(tokenOrString(detail)));
        return member.toString();
    }

    /** The members of the caches nearer to the origin, then this one. */
    public static String append(@Nullable String existing, CacheStatus member) {
        return existing == null || FieldParser.trim(existing).isEmpty()
                ? member.render()
                : existing + ", " + member.render();
    }

    private static long seconds(Duration ttl) {
        return Math.clamp(ttl.toSeconds(), -DeltaSeconds.MAX.toSeconds(), DeltaSeconds.MAX.toSeconds());
    }

    /** A Token of RFC 9651 where the text is one, else a String; characters that a String cannot have become "?". */
    private static String tokenOrString(String text) {
        boolean token = FieldParser.isToken(text) && Character.isLetter(text.charAt(0));
        if (token) {
            return text;
        }
        StringBuilder string = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                string.append('\\');
            }
            string.append(c < 0x20 || c > 0x7E ? '?' : c);
        }
        return string.append('"').toString();
    }
}
