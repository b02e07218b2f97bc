package io.sallyport.cache.rule;

import io.sallyport.cache.CachePolicy;
import io.sallyport.http.DeltaSeconds;
import io.sallyport.http.FieldParser;
import io.sallyport.http.Fields;
import io.sallyport.http.ResponseHead;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The cache directives of one message, read one by one (RFC 9111, section 5.2). Names are lower case; of a directive that
 * is given twice the first counts; unknown ones are kept and ignored.
 *
 * @param arguments by directive name; the argument unquoted, empty where there is none
 * @param targeted whether they come from a targeted field, so that Cache-Control and Expires do not count (RFC 9213)
 */
public record CacheControl(Map<String, Optional<String>> arguments, boolean targeted) {
    private static final String MALFORMED = "";
    private static final Set<String> QUALIFIED = Set.of("no-cache", "private");
    private static final CacheControl NONE = new CacheControl(Map.of(), false);

    public CacheControl {
        arguments = Map.copyOf(arguments);
    }

    /** The directives of the Cache-Control field. Malformed members never hide the members beside them. */
    public static CacheControl of(Fields fields) {
        if (!fields.contains("Cache-Control")) {
            return NONE;
        }
        Map<String, Optional<String>> arguments = new LinkedHashMap<>();
        for (String member : FieldParser.list(fields, "Cache-Control")) {
            int equals = member.indexOf('=');
            String name = equals < 0 ? member : member.substring(0, equals);
            String directive = FieldParser.trim(name).toLowerCase(Locale.ROOT);
            Optional<String> argument =
                    equals < 0 ? Optional.empty() : Optional.of(argument(member.substring(equals + 1)));
            arguments.merge(directive, argument, (first, next) -> combined(directive, first, next));
        }
        return new CacheControl(arguments, false);
    }

    /**
     * Two directives of one name: the first counts, but no-cache or private without field names is stricter than with, and
     * of two lists of names both count (RFC 9111, section 4.2.1).
     */
    private static Optional<String> combined(String directive, Optional<String> first, Optional<String> next) {
        if (!QUALIFIED.contains(directive)) {
            return first;
        }
        return first.flatMap(names -> next.map(more -> names.isEmpty() || more.isEmpty() ? "" : names + "," + more));
    }

    private static String argument(String text) {
        return FieldParser.quotedString(text).orElseGet(() -> FieldParser.isToken(text) ? text : MALFORMED);
    }

    /** The directives that rule over a response: those of the first valid targeted field, else those of Cache-Control. */
    public static CacheControl of(ResponseHead response, CachePolicy policy) {
        return TargetedControl.of(response.fields(), policy.targetedFields()).orElseGet(() -> of(response.fields()));
    }

    /** Whether a directive is present, with or without an argument. */
    public boolean has(String directive) {
        return arguments.containsKey(directive);
    }

    /**
     * The seconds of a directive; empty where it is absent. A missing or malformed argument counts as zero, so that the
     * response is stale (RFC 9111, section 4.2.1).
     */
    public Optional<Duration> seconds(String directive) {
        Optional<String> argument = arguments.get(directive);
        if (argument == null) {
            return Optional.empty();
        }
        return Optional.of(argument.flatMap(DeltaSeconds::parse).orElse(Duration.ZERO));
    }

    /** Whether no-store is present (RFC 9111, section 5.2.2.5). */
    public boolean noStore() {
        return has("no-store");
    }

    /** Whether no-cache without field names is present (RFC 9111, section 5.2.2.4). */
    public boolean noCache() {
        return has("no-cache") && names("no-cache").isEmpty();
    }

    /** Whether private without field names is present (RFC 9111, section 5.2.2.7). */
    public boolean isPrivate() {
        return has("private") && names("private").isEmpty();
    }

    /** The fields that no-cache or private name: they are not stored, which keeps both directives (sections 5.2.2.4, 5.2.2.7). */
    public Set<String> qualifiedFields() {
        Set<String> fields = new LinkedHashSet<>(names("no-cache"));
        fields.addAll(names("private"));
        return fields;
    }

    /** The lower-case field names of a qualified directive; none where any is malformed: it then counts as unqualified. */
    private Set<String> names(String directive) {
        Optional<String> argument = arguments.get(directive);
        if (argument == null || argument.isEmpty()) {
            return Set.of();
        }
        List<String> names = FieldParser.members(argument.get());
        Set<String> lowerCase = new LinkedHashSet<>();
        for (String name : names) {
            if (!FieldParser.isToken(name)) {
                return Set.of();
            }
            lowerCase.add(name.toLowerCase(Locale.ROOT));
        }
        return lowerCase;
    }

    /**
     * Whether a stale response must not be reused without validation: must-revalidate, and for a shared cache
     * proxy-revalidate and s-maxage (RFC 9111, sections 5.2.2.2, 5.2.2.8 and 5.2.2.10).
     */
    public boolean mustRevalidate() {
        return forbidsStale() || has("s-maxage");
    }

    /**
     * Whether the origin forbids stale reuse in so many words.
     *
     * <p>Deviation: s-maxage alone does not when the origin also names a stale-while-revalidate or stale-if-error: the
     * pair is the common form of allowing a shared cache just that.
     */
    boolean forbidsStale() {
        return has("must-revalidate") || has("proxy-revalidate") || noCache();
    }

    /** Whether a lifetime stands in the directives themselves. */
    boolean hasLifetime() {
        return has("s-maxage") || has("max-age");
    }
}
