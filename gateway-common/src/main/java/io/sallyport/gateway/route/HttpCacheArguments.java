package io.sallyport.gateway.route;

import io.sallyport.cache.CachePolicy;
import io.sallyport.http.FieldParser;
import java.beans.PropertyDescriptor;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.core.convert.ConversionException;
import org.springframework.util.unit.DataSize;

/**
 * The arguments of a filter {@code HttpCache} as they are written. Spring ignores unknown ones and tells of a wrong value
 * neither the route nor what is allowed: here both stop the start in one sentence.
 */
public final class HttpCacheArguments {
    private static final String NAME = "HttpCache";

    /** Types of the arguments by their name without case and hyphens. */
    private static final Map<String, Class<?>> TYPES = Arrays.stream(
                    BeanUtils.getPropertyDescriptors(HttpCacheGatewayFilterFactory.Config.class))
            .filter(property -> property.getWriteMethod() != null)
            .collect(Collectors.toMap(
                    property -> uniform(property.getName()),
                    PropertyDescriptor::getPropertyType,
                    (a, b) -> a,
                    TreeMap::new));

    private static final String NAMES = Arrays.stream(
                    BeanUtils.getPropertyDescriptors(HttpCacheGatewayFilterFactory.Config.class))
            .filter(property -> property.getWriteMethod() != null)
            .map(property -> property.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT))
            .sorted()
            .collect(Collectors.joining(", "));

    private final CacheProperties cache;

    public HttpCacheArguments(CacheProperties cache) {
        this.cache = cache;
    }

    static boolean isHttpCache(FilterDefinition filter) {
        return NAME.equals(filter.getName());
    }

    /** Throws {@link InvalidCachedRouteException} for the first argument that cannot be used. */
    void check(String route, FilterDefinition filter) {
        new TreeMap<>(filter.getArgs()).forEach((name, value) -> check(route, name, String.valueOf(value)));
    }

    private void check(String route, String name, String value) {
        Class<?> type = TYPES.get(uniform(name.replaceAll("[\\[.].*", "")));
        if (type == null) {
            boolean shortcut = name.startsWith("_genkey");
            throw new InvalidCachedRouteException(
                    route,
                    shortcut ? "filter HttpCache=" : "argument " + name + " of the filter HttpCache",
                    "'" + value + "'",
                    (shortcut ? "its arguments have names" : "there is no such argument") + "; allowed are " + NAMES);
        }
        if (value.startsWith("#{") && value.endsWith("}")) {
            return;
        }
        String allowed = allowed(type);
        if (!isAllowed(type, value)) {
            throw new InvalidCachedRouteException(
                    route, "argument " + name + " of the filter HttpCache", "'" + value + "'", "allowed is " + allowed);
        }
    }

    private String allowed(Class<?> type) {
        if (type == CachePolicy.Mode.class) {
            return "secure or rfc";
        } else if (type == Duration.class) {
            return "a duration of 0 or more, such as 10s or 1h";
        } else if (type == DataSize.class) {
            return "a size from 0 to sallyport.cache.memory (" + cache.memory() + "), such as 512KB";
        } else if (type == List.class) {
            return "a list of field names other than Cache-Control, separated by commas";
        } else if (type == String.class) {
            return "as-is, sorted, only:NAME,… or except:NAME,…";
        }
        return "true or false";
    }

    private boolean isAllowed(Class<?> type, String value) {
        try {
            return switch (type) {
                case Class<?> t
                when t == Duration.class -> !converted(value, Duration.class).isNegative();
                case Class<?> t
                when t == DataSize.class -> {
                    DataSize size = converted(value, DataSize.class);
                    yield !size.isNegative() && size.compareTo(cache.memory()) <= 0;
                }
                case Class<?> t when t == List.class -> areTargetable(Arrays.asList(value.split(",", -1)));
                case Class<?> t
                when t == String.class -> {
                    HttpCacheGatewayFilterFactory.queryPolicy(value);
                    yield true;
                }
                default -> !value.isBlank() && converted(value, type) != null;
            };
        } catch (ConversionException | IllegalArgumentException malformed) {
            return false;
        }
    }

    /** Whether all are names of fields that may be targeted cache control fields (RFC 9213, section 2.1). */
    static boolean areTargetable(List<String> names) {
        return names.stream()
                .map(FieldParser::trim)
                .allMatch(name -> FieldParser.isToken(name) && !name.equalsIgnoreCase("Cache-Control"));
    }

    private static <T> T converted(String value, Class<T> type) {
        T converted = ApplicationConversionService.getSharedInstance().convert(value.strip(), type);
        if (converted == null) {
            throw new IllegalArgumentException("no " + type.getSimpleName() + ": " + value);
        }
        return converted;
    }

    private static String uniform(String name) {
        return name.replaceAll("[-_]", "").toLowerCase(Locale.ROOT);
    }
}
