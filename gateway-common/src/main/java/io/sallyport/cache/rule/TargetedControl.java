package io.sallyport.cache.rule;

import io.sallyport.http.DeltaSeconds;
import io.sallyport.http.Fields;
import io.sallyport.http.StructuredDictionary;
import io.sallyport.http.StructuredDictionary.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Cache directives in fields that are meant for this tier (RFC 9213). */
public final class TargetedControl {
    private TargetedControl() {}

    /**
     * The directives of the first field of the target list that is present, not empty and a Dictionary Structured Field;
     * empty where there is none and Cache-Control counts (RFC 9213, section 2.2).
     */
    public static Optional<CacheControl> of(Fields fields, List<String> targetList) {
        for (String name : targetList) {
            Optional<StructuredDictionary> dictionary = dictionary(fields, name);
            if (dictionary.isPresent()) {
                return Optional.of(directives(dictionary.get()));
            }
        }
        return Optional.empty();
    }

    /** The name of the field of the target list whose directives count; empty where Cache-Control counts. */
    public static Optional<String> field(Fields fields, List<String> targetList) {
        return targetList.stream()
                .filter(name -> dictionary(fields, name).isPresent())
                .findFirst();
    }

    private static Optional<StructuredDictionary> dictionary(Fields fields, String name) {
        return StructuredDictionary.of(fields, name).filter(d -> !d.members().isEmpty());
    }

    /**
     * Each member as a directive: an Integer is a number, a String or Token a text, and true no argument (section 2.1). A
     * number in another type is malformed.
     */
    private static CacheControl directives(StructuredDictionary dictionary) {
        Map<String, Optional<String>> arguments = new HashMap<>();
        dictionary.members().forEach((name, value) -> {
            switch (value) {
                case Value.IntegerValue(long number) -> arguments.put(name, Optional.of(Long.toString(number)));
                case Value.TextValue(String text) ->
                    arguments.put(name, Optional.of(DeltaSeconds.parse(text).isPresent() ? "" : text));
                case Value.OtherValue() -> arguments.put(name, Optional.of(""));
                case Value.BooleanValue(boolean present) -> {
                    if (present) {
                        arguments.put(name, Optional.empty());
                    }
                }
            }
        });
        return new CacheControl(arguments, true);
    }
}
