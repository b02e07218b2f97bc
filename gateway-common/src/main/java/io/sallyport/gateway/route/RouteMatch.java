package io.sallyport.gateway.route;

import io.sallyport.http.FieldParser;
import io.sallyport.http.RequestHead;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.handler.predicate.HostRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.PathRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.support.HasConfig;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.util.AntPathMatcher;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * How a route matches: its Host, Path and Method predicates, judged as Spring Cloud Gateway judges them, and whether there is
 * more to it than those.
 */
public final class RouteMatch {
    private static final String METHOD = "Method";
    private static final Set<String> JUDGED = Set.of("Host", "Path", METHOD);

    /** Spring compares methods by identity, so that no others than its constants are ever equal. */
    private static final Set<String> COMPARED =
            Arrays.stream(HttpMethod.values()).map(HttpMethod::name).collect(Collectors.toUnmodifiableSet());

    /** Matches whatever path there is, which need not be taken apart for it. */
    private static final String ANY_PATH = "/**";

    private static final AntPathMatcher HOSTS = new AntPathMatcher(".");

    private final List<List<String>> hosts = new ArrayList<>();
    private final List<List<PathPattern>> paths = new ArrayList<>();
    private boolean anyPath;
    private final List<Set<String>> methods = new ArrayList<>();
    private final List<String> unknown = new ArrayList<>();

    private RouteMatch() {}

    /** Whether a predicate of this name is judged here. */
    static boolean isJudged(String predicate) {
        return JUDGED.contains(predicate);
    }

    /** The match of a route; one without a definition, from a RouteLocator bean, may ask anything. */
    public static RouteMatch of(Route route, @Nullable RouteDefinition definition) {
        RouteMatch match = new RouteMatch();
        if (definition == null) {
            match.unknown.add("a RouteLocator bean");
            return match;
        }
        definition.getPredicates().stream()
                .map(PredicateDefinition::getName)
                .filter(name -> !JUDGED.contains(name))
                .forEach(match.unknown::add);
        definition.getPredicates().stream()
                .filter(predicate -> METHOD.equals(predicate.getName()))
                .forEach(match::method);
        route.getPredicate().accept(match::visit);
        return match;
    }

    /** Spring's Method predicate does not tell its configuration, so that the definition has to. */
    private void method(PredicateDefinition predicate) {
        Set<String> names = new HashSet<>();
        for (String argument : predicate.getArgs().values()) {
            names.addAll(FieldParser.members(argument));
        }
        if (names.stream().allMatch(FieldParser::isToken)) {
            names.retainAll(COMPARED);
            methods.add(names);
        } else {
            unknown.add(METHOD + "=" + String.join(",", names));
        }
    }

    private void visit(HasConfig predicate) {
        Object config = predicate.getConfig();
        switch (config) {
            case HostRoutePredicateFactory.Config host -> hosts.add(List.copyOf(host.getPatterns()));
            case PathRoutePredicateFactory.Config path when path.getPatterns().contains(ANY_PATH) -> anyPath = true;
            case PathRoutePredicateFactory.Config path ->
                paths.add(path.getPatterns().stream()
                        .map(PathPatternParser.defaultInstance::parse)
                        .toList());
            case null, default -> {
                // Judged by name above.
            }
        }
    }

    /** Whether Host, Path and Method are all that the route asks. */
    boolean isExact() {
        return unknown.isEmpty();
    }

    /** What else the route asks. */
    List<String> unknown() {
        return unknown;
    }

    boolean readsPath() {
        return !paths.isEmpty();
    }

    /** Whether the route takes the request as far as Host, Path and Method tell. */
    boolean mayTake(RequestHead request, @Nullable PathContainer path) {
        for (Set<String> allowed : methods) {
            if (!allowed.contains(request.method())) {
                return false;
            }
        }
        for (List<String> patterns : hosts) {
            if (patterns.stream().noneMatch(pattern -> HOSTS.match(pattern, request.authority()))) {
                return false;
            }
        }
        if (anyPath && !request.path().isEmpty() && request.path().charAt(0) != '/') {
            return false;
        }
        for (List<PathPattern> patterns : paths) {
            if (path == null || patterns.stream().noneMatch(pattern -> pattern.matches(path))) {
                return false;
            }
        }
        return true;
    }
}
