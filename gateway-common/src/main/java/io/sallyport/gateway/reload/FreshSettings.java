package io.sallyport.gateway.reload;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.io.FileSystemResource;

/**
 * The settings as a start would find them now: what does not come from configuration files is that of the running gate, the
 * files are read anew.
 */
final class FreshSettings {
    private static final String CONFIG_DATA = "Config resource ";
    private static final Pattern FILE = Pattern.compile("'file \\[([^\\]]+)\\]'");

    private FreshSettings() {}

    /** Reads them; throws whatever a start would. */
    static ConfigurableEnvironment read(ConfigurableEnvironment running) {
        StandardEnvironment fresh = new StandardEnvironment();
        MutablePropertySources sources = fresh.getPropertySources();
        sources.stream().map(PropertySource::getName).toList().forEach(sources::remove);
        for (PropertySource<?> source : running.getPropertySources()) {
            if (!isFromFile(source) && !ConfigurationPropertySources.isAttachedConfigurationPropertySource(source)) {
                sources.addLast(source);
            }
        }
        ConfigDataEnvironmentPostProcessor.applyTo(
                fresh, new DefaultResourceLoader(), null, running.getActiveProfiles());
        return fresh;
    }

    private static boolean isFromFile(PropertySource<?> source) {
        return source.getName().startsWith(CONFIG_DATA);
    }

    /** The files on disk that settings came from. */
    static List<Path> files(ConfigurableEnvironment environment) {
        List<Path> files = new ArrayList<>();
        for (PropertySource<?> source : environment.getPropertySources()) {
            Matcher matcher = FILE.matcher(source.getName());
            if (isFromFile(source) && matcher.find()) {
                Path file = Path.of(matcher.group(1));
                if (!files.contains(file)) {
                    files.add(file);
                }
            }
        }
        return files;
    }

    /** Where a setting was written, such as {@code file [/config/edge.yaml] - 12:9}; empty where that is not known. */
    static String origin(ConfigurableEnvironment environment, String name) {
        ConfigurationPropertyName wanted = ConfigurationPropertyName.adapt(name, '.');
        for (ConfigurationPropertySource source : ConfigurationPropertySources.from(environment.getPropertySources())) {
            ConfigurationProperty property = source.getConfigurationProperty(wanted);
            if (property != null && property.getOrigin() != null) {
                return String.valueOf(property.getOrigin());
            }
        }
        return "";
    }

    /** The first of the files that cannot be read as YAML; empty where all can. */
    static String unreadable(List<Path> files) {
        YamlPropertySourceLoader loader = new YamlPropertySourceLoader();
        for (Path file : files) {
            String name = file.toString();
            if (!name.endsWith(".yaml") && !name.endsWith(".yml")) {
                continue;
            }
            try {
                loader.load(name, new FileSystemResource(file));
            } catch (IOException | RuntimeException e) {
                return name;
            }
        }
        return "";
    }

    /** The names of settings from files whose values differ, apart from those below the given ones. */
    static Set<String> changed(
            ConfigurableEnvironment one, ConfigurableEnvironment other, List<ConfigurationPropertyName> apart) {
        Set<String> names = new TreeSet<>();
        addNames(one, names);
        addNames(other, names);
        names.removeIf(name -> {
            ConfigurationPropertyName known = ConfigurationPropertyName.adapt(name, '.');
            return apart.stream().anyMatch(below -> below.equals(known) || below.isAncestorOf(known))
                    || String.valueOf(one.getProperty(name)).equals(String.valueOf(other.getProperty(name)));
        });
        return names;
    }

    private static void addNames(ConfigurableEnvironment environment, Set<String> names) {
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (isFromFile(source) && source instanceof EnumerablePropertySource<?> enumerable) {
                names.addAll(List.of(enumerable.getPropertyNames()));
            }
        }
    }

    /** What the files hold, to tell whether they have changed; a file that is gone counts as empty. */
    static List<String> contents(List<Path> files) {
        return files.stream().map(FreshSettings::content).toList();
    }

    private static String content(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1) : "";
        } catch (IOException | UncheckedIOException e) {
            return "";
        }
    }
}
