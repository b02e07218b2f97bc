package io.sallyport.cache.history;

import io.sallyport.http.Fields;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** How an origin answers in its present state: with 304 where the conditions of a GET or HEAD say so. */
final class OriginModel {
    private OriginModel() {}

    /** The answer: a status, fields and a content, which a 304 has not. */
    record Answered(int status, Fields fields, String content) {}

    static Answered answer(Step.Origin state, String method, Fields request) {
        boolean reads = method.equals("GET") || method.equals("HEAD");
        if (reads && state.status() == 200 && isNotModified(state.fields(), request)) {
            return new Answered(304, state.fields().without(Set.of("content-type")), "");
        }
        return new Answered(state.status(), state.fields(), state.content());
    }

    private static boolean isNotModified(Fields state, Fields request) {
        Optional<String> noneMatch = request.combined("If-None-Match");
        if (noneMatch.isPresent()) {
            String tag = state.first("ETag").map(OriginModel::opaque).orElse("none");
            return noneMatch.get().equals("*")
                    || List.of(noneMatch.get().split(", *", -1)).stream()
                            .anyMatch(each -> opaque(each).equals(tag));
        }
        Optional<String> since = request.first("If-Modified-Since");
        return since.isPresent() && since.equals(state.first("Last-Modified"));
    }

    private static String opaque(String tag) {
        return tag.toUpperCase(Locale.ROOT).startsWith("W/") ? tag.substring(2) : tag;
    }
}
