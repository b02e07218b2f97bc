package io.sallyport.helm;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads keys, defaults and the comments that begin with "--" out of values.yaml, line by line. */
final class Readme {
    private static final Pattern KEY = Pattern.compile("^( *)([A-Za-z][A-Za-z0-9]*):(?: (.*))?$");
    private static final String HEAD = """
            # sallyport

            The chart of Sallyport: edges that face customers, regional gates that open to edges only, and the PKI of
            both. How to install it is in [docs/deploy.md](../../docs/deploy.md). This page is made of the comments in
            `values.yaml`; change them there.

            Values that must be set: `edge.customerTls` and `edge.identity.secretName`, `regional.routes` and
            `regional.identity.tokenSecret`, `pki.ceremonySecret`. A wrong value stops the installation with its name.

            | value | default | meaning |
            |---|---|---|
            """;

    private record Value(String path, String standard, String description, boolean leaf) {}

    private Readme() {}

    /** The page for a values.yaml. */
    static String of(String yaml) {
        return HEAD
                + values(yaml)
                        .filter(Value::leaf)
                        .map(value -> "| `%s` | `%s` | %s |\n"
                                .formatted(
                                        value.path(),
                                        value.standard(),
                                        value.description().replace("|", "\\|")))
                        .collect(Collectors.joining());
    }

    /** The paths that have no description. */
    static List<String> withoutDescription(String yaml) {
        return values(yaml)
                .filter(Value::leaf)
                .filter(value -> value.description().isEmpty())
                .map(Value::path)
                .toList();
    }

    private static Stream<Value> values(String yaml) {
        Object whole = Chart.read(yaml);
        List<Value> values = new ArrayList<>();
        Deque<String> path = new ArrayDeque<>();
        StringBuilder comment = new StringBuilder();
        boolean described = false;
        int belowDescribed = Integer.MAX_VALUE;
        for (String line : yaml.lines().toList()) {
            String text = line.strip();
            Matcher key = KEY.matcher(line);
            if (text.startsWith("# -- ")) {
                comment.setLength(0);
                comment.append(text.substring(5));
                described = true;
            } else if (text.startsWith("#") && described) {
                comment.append(' ').append(text.substring(1).strip());
            } else if (key.matches()) {
                int depth = key.group(1).length() / 2;
                while (path.size() > depth) {
                    path.removeLast();
                }
                path.addLast(key.group(2));
                if (depth <= belowDescribed) {
                    belowDescribed = described ? depth : Integer.MAX_VALUE;
                    String name = String.join(".", path);
                    Object standard = at(whole, path);
                    boolean group = !described && standard instanceof Map<?, ?> map && !map.isEmpty();
                    values.add(new Value(name, json(standard), comment.toString(), !group));
                }
                comment.setLength(0);
                described = false;
            } else {
                comment.setLength(0);
                described = false;
            }
        }
        return values.stream();
    }

    private static Object at(Object whole, Deque<String> path) {
        return new Rendered((Map<?, ?>) whole)
                .at(path.toArray(String[]::new))
                .orElseThrow(() -> new AssertionError(path + " is not read as YAML reads it"));
    }

    private static String json(Object value) {
        return new com.google.gson.GsonBuilder().disableHtmlEscaping().create().toJson(value);
    }
}
