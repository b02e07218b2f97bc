package io.sallyport.gateway.management;

import io.sallyport.cache.rule.CacheKeys;
import io.sallyport.cache.rule.Invalidation;
import io.sallyport.cache.store.Purge;
import io.sallyport.http.RequestHead;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an operator wants purged.
 *
 * @param target which stored responses
 * @param effect what happens to them
 */
record PurgeRequest(Target target, Purge.Effect effect) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final String AUTHORITY = "(?:[A-Za-z0-9._~-]+|\\[[0-9A-Fa-f:.]+])(?::[0-9]{1,5})?";
    private static final Pattern HOST = Pattern.compile(AUTHORITY);
    private static final Pattern URL =
            Pattern.compile("https?://" + AUTHORITY + "/(?:[A-Za-z0-9._~!$&'()*+,;=:@/?\\[\\]-]|%[0-9A-Fa-f]{2})*");
    private static final List<String> SELECTORS = List.of("url", "prefix", "host", "all");
    private static final String SHAPE =
            "{\"url\" | \"prefix\" | \"host\": \"…\"} or {\"all\": true}, and \"soft\": true";

    /** Which stored responses. */
    sealed interface Target {
        /** All variants of a URL, as a GET of it would be routed. */
        record Url(RequestHead get) implements Target {}

        /** A scope that no route decides. */
        record Wide(Purge.Scope scope) implements Target {}
    }

    /** A request that is not one; the message says what was expected and what came. */
    static final class MalformedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        MalformedException(String expected, @Nullable Object came) {
            super("expected " + expected + ": " + came, null, false, false);
        }
    }

    /** Reads a request; throws {@link MalformedException} where it is none. */
    static PurgeRequest parse(String text) {
        Map<?, ?> members;
        try {
            members = JSON.readValue(text, Map.class);
        } catch (JacksonException malformed) {
            throw new MalformedException("a JSON object " + SHAPE, "no JSON object");
        }
        if (members == null) {
            throw new MalformedException("a JSON object " + SHAPE, "null");
        }
        Set<String> unknown = new TreeSet<>();
        List<String> selectors = new ArrayList<>();
        for (Object key : members.keySet()) {
            String name = String.valueOf(key);
            if (SELECTORS.contains(name)) {
                selectors.add(name);
            } else if (!name.equals("soft")) {
                unknown.add(name);
            }
        }
        if (!unknown.isEmpty()) {
            throw new MalformedException(SHAPE, "unknown " + unknown);
        }
        if (selectors.size() != 1) {
            throw new MalformedException("exactly one of url, prefix, host, all", selectors);
        }
        String selector = selectors.getFirst();
        return new PurgeRequest(target(selector, members.get(selector)), effect(members.get("soft")));
    }

    private static Purge.Effect effect(@Nullable Object soft) {
        return switch (soft) {
            case null -> Purge.Effect.HARD;
            case Boolean yes -> yes ? Purge.Effect.SOFT : Purge.Effect.HARD;
            default -> throw new MalformedException("soft to be true or false", soft);
        };
    }

    private static Target target(String selector, @Nullable Object value) {
        if (selector.equals("all")) {
            if (Boolean.TRUE.equals(value)) {
                return new Target.Wide(new Purge.All());
            }
            throw new MalformedException("all to be true", value);
        }
        if (!(value instanceof String text)) {
            throw new MalformedException(selector + " to be a string", value);
        }
        return switch (selector) {
            case "url" -> new Target.Url(get(text, "url"));
            case "prefix" -> {
                RequestHead get = get(text, "prefix");
                if (get.query() != null) {
                    throw new MalformedException("prefix without a query", text);
                }
                yield new Target.Wide(
                        new Purge.Prefix(CacheKeys.host(get.scheme(), get.authority()), CacheKeys.path(get.path())));
            }
            default -> {
                if (!HOST.matcher(text).matches()) {
                    throw new MalformedException("host to be NAME or NAME:PORT", text);
                }
                yield new Target.Wide(new Purge.Host(text));
            }
        };
    }

    private static RequestHead get(String url, String selector) {
        Optional<RequestHead> get = URL.matcher(url).matches() ? Invalidation.request(url) : Optional.empty();
        return get.orElseThrow(() -> new MalformedException(selector + " to be an absolute http or https URL", url));
    }
}
