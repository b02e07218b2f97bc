package io.sallyport.helm;

import com.google.gson.Gson;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The chart, rendered by Helm's own code. Rendering leaves hooks out, so the test pods come from a copy of the chart in which
 * they are none.
 */
final class Chart {
    static final Path DIRECTORY = Path.of("sallyport");
    static final String RELEASE = "cdn";
    static final String NAMESPACE = "front";
    private static final Path VALUE_SETS = Path.of("src/test/resources/values");

    private final Path directory;

    private Chart(Path directory) {
        this.directory = directory;
    }

    /** The chart as it is. */
    static Chart itself() {
        return new Chart(DIRECTORY);
    }

    /** A copy whose test pods are ordinary objects. */
    static Chart withTestPods(Path temporary) throws IOException {
        return new Chart(copy(temporary, text -> text.replace("helm.sh/hook:", "sallyport.io/test:")));
    }

    private static Path copy(Path temporary, UnaryOperator<String> change) throws IOException {
        Path copy = temporary.resolve("sallyport");
        try (Stream<Path> files = Files.walk(DIRECTORY)) {
            for (Path file : files.toList()) {
                Path target = copy.resolve(DIRECTORY.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else if (target.toString().endsWith(".yaml")) {
                    Files.writeString(target, change.apply(Files.readString(file)));
                } else {
                    Files.copy(file, target);
                }
            }
        }
        return copy;
    }

    /** The files with values that all tests of rendered objects go through. */
    static List<Path> valueSets() {
        try (Stream<Path> files = Files.list(VALUE_SETS)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lints a copy whose defaults are these values, since lint takes no others. */
    static LintResult lint(Path temporary, Path values) throws IOException {
        Path copy = copy(temporary, text -> text);
        Path defaults = copy.resolve("values.yaml");
        Object merged = Merge.over(read(Files.readString(defaults)), read(Files.readString(values)));
        Files.writeString(defaults, new Gson().toJson(merged));
        return new Helm(copy).lint().strict().call();
    }

    /** The objects that the chart makes of a file with values. */
    List<Rendered> render(Path values) {
        String text = new Helm(directory)
                .template()
                .withName(RELEASE)
                .withNamespace(NAMESPACE)
                .withKubeVersion("1.32.0")
                .withValuesFile(values)
                .call();
        List<Rendered> objects = new ArrayList<>();
        for (Object document : yaml().loadAll(text)) {
            if (document instanceof Map<?, ?> object && !object.isEmpty()) {
                objects.add(Rendered.of(object));
            }
        }
        return objects;
    }

    private static Yaml yaml() {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setCodePointLimit(10_000_000);
        return new Yaml(new SafeConstructor(options));
    }

    /** A YAML text as nested maps, lists and scalars; a key that is there twice is an error. */
    static Object read(String text) {
        return yaml().load(text);
    }
}
