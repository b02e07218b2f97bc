package io.sallyport.quickstart;

import io.sallyport.cache.CachePolicy;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.io.ClassPathResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The page of all settings, made from what the configuration processor reads in the properties classes: type, default and
 * description, of which the end in brackets is the range. A profile's own value stands where it differs.
 */
final class SettingsReference {
    private static final Pattern RANGE = Pattern.compile("(?s)(.*?)\\s*(?:\\[([^\\[\\]]*)])?");
    private static final Pattern SETTER = Pattern.compile(
            "/\\*\\*((?:(?!\\*/).)*)\\*/\\s*public void set(\\w+)\\(([\\w.<>]+) \\w+\\)", Pattern.DOTALL);
    private static final Path ARGUMENTS =
            Path.of("../gateway-common/src/main/java/io/sallyport/gateway/route/HttpCacheGatewayFilterFactory.java");

    private SettingsReference() {}

    private record Setting(String name, String type, String value, String description) {
        private String line() {
            Matcher parts = RANGE.matcher(description);
            if (!parts.matches()) {
                throw new IllegalStateException("a description without a form: " + name);
            }
            String range = parts.group(2) == null ? "" : parts.group(2);
            return "| `%s` | %s | %s | %s |"
                    .formatted(name, value.isEmpty() ? "none" : "`" + value + "`", unit(range), parts.group(1));
        }

        private String unit(String range) {
            String unit = word(type);
            if (unit.isEmpty() || range.isEmpty()) {
                return unit + range;
            }
            return unit + ", " + range;
        }
    }

    /** The whole page. */
    static String page() {
        List<JsonNode> all = properties();
        StringBuilder page = new StringBuilder("""
                # Settings

                Made from the code by `SettingsReferenceTests`; do not edit. Durations are like `10s`, `5m`, `72h`, sizes like `64MB`.
                How settings are given, and what Spring's own are set to, is in [operations](operations.md). A value that is out of its
                range stops the start with its name, its value and what is allowed.
                """);
        section(page, "Both gates", all, List.of("io.sallyport.gateway."), "edge", "regional");
        section(page, "Edge", all, List.of("io.sallyport.edge."), "edge");
        section(page, "Regional gate", all, List.of("io.sallyport.regional."), "regional");
        arguments(page);
        section(page, "PKI service", all, List.of("io.sallyport.pki."), "pki");
        return page.toString();
    }

    private static List<JsonNode> properties() {
        List<JsonNode> properties = new ArrayList<>();
        try {
            for (var metadata :
                    Collections.list(ClassLoader.getSystemResources("META-INF/spring-configuration-metadata.json"))) {
                try (InputStream in = metadata.openStream()) {
                    JsonMapper.shared().readTree(in).get("properties").forEach(properties::add);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.stream()
                .filter(property -> property.get("name").asString().startsWith("sallyport."))
                .toList();
    }

    private static void section(
            StringBuilder page, String title, List<JsonNode> all, List<String> packages, String... profiles) {
        Map<String, String> lines = new TreeMap<>();
        for (JsonNode property : all) {
            if (packages.stream().anyMatch(property.get("sourceType").asString()::startsWith)) {
                String name = property.get("name").asString();
                lines.put(
                        name,
                        new Setting(
                                        name,
                                        property.get("type").asString(),
                                        value(property, profiles),
                                        prose(property.path("description").asString("")))
                                .line());
            }
        }
        table(page, title, "setting", lines);
    }

    private static void table(StringBuilder page, String title, String first, Map<String, String> lines) {
        page.append("\n## ")
                .append(title)
                .append("\n\n| ")
                .append(first)
                .append(" | default | unit, range | meaning |\n|---|---|---|---|\n");
        lines.values().forEach(line -> page.append(line).append('\n'));
    }

    private static String value(JsonNode property, String... profiles) {
        String name = property.get("name").asString();
        JsonNode declared = property.path("defaultValue");
        String text = declared.isArray()
                ? declared.valueStream().map(JsonNode::asString).collect(Collectors.joining(", "))
                : declared.asString("").replaceAll("^\\[(.*)]$", "$1");
        Map<String, String> set = new TreeMap<>();
        for (String profile : profiles) {
            set.put(profile, profileValue(profile, name, text));
        }
        return set.values().stream().distinct().count() == 1
                ? set.values().iterator().next()
                : set.entrySet().stream()
                        .map(entry -> entry.getKey() + ": " + entry.getValue())
                        .collect(Collectors.joining("`; `"));
    }

    private static String profileValue(String profile, String name, String otherwise) {
        try {
            for (var source : new YamlPropertySourceLoader()
                    .load(profile, new ClassPathResource("application-" + profile + ".yaml"))) {
                if (source instanceof EnumerablePropertySource<?> enumerable && enumerable.containsProperty(name)) {
                    return String.valueOf(enumerable.getProperty(name));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return otherwise;
    }

    /** The arguments of the filter, by its setters; the defaults are those of a policy. */
    private static void arguments(StringBuilder page) {
        Map<String, String> lines = new TreeMap<>();
        Matcher setter = SETTER.matcher(text(ARGUMENTS));
        while (setter.find()) {
            String property = setter.group(2).substring(0, 1).toLowerCase(Locale.ROOT)
                    + setter.group(2).substring(1);
            String name = property.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
            String type =
                    "CachePolicy.Mode".equals(setter.group(3)) ? CachePolicy.Mode.class.getName() : setter.group(3);
            lines.put(name, new Setting(name, type, policyValue(property), prose(setter.group(1))).line());
        }
        table(page, "The filter `HttpCache`", "argument", lines);
    }

    private static String policyValue(String property) {
        return switch (property) {
            case "mode" -> "sallyport.cache.mode";
            case "targetedFields" -> "sallyport.cache.targeted-fields";
            case "maxObject" -> "sallyport.cache.max-object";
            case "rangeFill" ->
                (long) component(CachePolicy.of(CachePolicy.Mode.SECURE, List.of()), "rangeFillBytes") / (1 << 20)
                        + "MB";
            default -> {
                String secure = word(component(CachePolicy.of(CachePolicy.Mode.SECURE, List.of()), property));
                String rfc = word(component(CachePolicy.of(CachePolicy.Mode.RFC, List.of()), property));
                yield secure.equals(rfc) ? secure : "secure: " + secure + "`; `rfc: " + rfc;
            }
        };
    }

    private static Object component(CachePolicy policy, String name) {
        RecordComponent component = Arrays.stream(CachePolicy.class.getRecordComponents())
                .filter(one -> one.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("a policy has no " + name));
        try {
            return Objects.requireNonNull(component.getAccessor().invoke(policy));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String word(Object value) {
        if (value instanceof Duration duration) {
            long seconds = duration.toSeconds();
            return seconds == 0 ? "0s" : seconds % 86_400 == 0 ? seconds / 86_400 + "d" : seconds + "s";
        }
        return value instanceof Boolean flag
                ? flag.toString()
                : value.getClass()
                        .getSimpleName()
                        .replaceAll("([a-z])([A-Z])", "$1-$2")
                        .toLowerCase(Locale.ROOT);
    }

    /** What a value of a type looks like. */
    private static String word(String type) {
        String simple = type.replaceAll(".*[.$](?=\\w+$)", "");
        return switch (simple) {
            case "Duration" -> "duration";
            case "DataSize" -> "size";
            case "Integer", "Double", "int" -> "number";
            case "Boolean", "boolean" -> "`true`, `false`";
            default -> constants(type);
        };
    }

    private static String constants(String type) {
        try {
            Class<?> found = Class.forName(type);
            Object @Nullable [] constants = found.getEnumConstants();
            return constants == null
                    ? ""
                    : Arrays.stream(constants)
                            .map(one -> "`" + ((Enum<?>) one).name().toLowerCase(Locale.ROOT) + "`")
                            .collect(Collectors.joining(", "));
        } catch (ClassNotFoundException generic) {
            return "";
        }
    }

    /** Javadoc as Markdown in one line. */
    private static String prose(String javadoc) {
        return javadoc.replaceAll("\\n\\s*\\*", " ")
                .replaceAll("\\{@code ([^}]*)}", "`$1`")
                .replaceAll("\\s+", " ")
                .replace("|", "\\|")
                .strip();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
