package io.sallyport.helm;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A rendered object with paths to look into it; a path is made of keys and ends at whatever is there. */
record Rendered(Map<?, ?> content) {
    private static final Gson GSON = new Gson();

    static Rendered of(Map<?, ?> content) {
        return new Rendered(content);
    }

    String kind() {
        return text("kind");
    }

    String name() {
        return text("metadata", "name");
    }

    JsonObject json() {
        return GSON.toJsonTree(content).getAsJsonObject();
    }

    Optional<Object> at(String... path) {
        @Nullable Object place = content;
        for (String key : path) {
            place = place instanceof Map<?, ?> map ? map.get(key) : null;
        }
        return Optional.ofNullable(place);
    }

    String text(String... path) {
        return at(path).map(Object::toString)
                .orElseThrow(() -> new AssertionError(String.join(".", path) + " is missing in " + content));
    }

    List<Rendered> list(String... path) {
        List<Rendered> items = new ArrayList<>();
        if (at(path).orElse(List.of()) instanceof List<?> list) {
            for (Object item : list) {
                if (item instanceof Map<?, ?> map) {
                    items.add(new Rendered(map));
                }
            }
        }
        return items;
    }

    /** The pod that this object is or makes. */
    Optional<Rendered> pod() {
        return switch (kind()) {
            case "Pod" ->
                Optional.of(new Rendered(Map.of(
                        "metadata",
                        at("metadata").orElseThrow(),
                        "spec",
                        at("spec").orElseThrow())));
            case "Deployment", "StatefulSet" ->
                at("spec", "template").map(template -> new Rendered((Map<?, ?>) template));
            default -> Optional.empty();
        };
    }

    /** Whether it is a gate or the PKI, which serve, and no test that ends. */
    boolean isService() {
        return kind().equals("Deployment") || kind().equals("StatefulSet");
    }

    /** All texts below, keys left out. */
    Stream<String> texts() {
        return texts(content);
    }

    private static Stream<String> texts(@Nullable Object place) {
        return switch (place) {
            case Map<?, ?> map -> map.values().stream().flatMap(below -> texts(below));
            case List<?> list -> list.stream().flatMap(below -> texts(below));
            case String text -> Stream.of(text);
            case null, default -> Stream.empty();
        };
    }
}
