package io.sallyport.gateway.answer;

import io.netty.util.AsciiString;
import io.sallyport.cache.rule.CacheStatus;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Cache-Status of the gate's own refusals, made once for each of the few details: a refusal must cost less than a hit. */
final class GeneratedStatus {
    private final String cache;
    private final Map<String, AsciiString> known = new ConcurrentHashMap<>();

    GeneratedStatus(String cache) {
        this.cache = cache;
    }

    /** The member that says why the gate answers by itself. The detail is one of those in the program. */
    AsciiString of(String detail) {
        AsciiString member = known.get(detail);
        return member == null ? known.computeIfAbsent(detail, this::render) : member;
    }

    private AsciiString render(String detail) {
        return AsciiString.cached(CacheStatus.generated(cache).detail(detail).render());
    }
}
