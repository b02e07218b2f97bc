package io.sallyport.pki.api;

import io.sallyport.pki.listener.Listener;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Where a path lives and who may call it. Every path belongs to one listener; what is not named here belongs to the
 * admins.
 *
 * @param listener the only listener that has it; null on the management port
 * @param access who may call it
 */
record Place(@Nullable Listener listener, Access access) {
    /** Who may call. */
    enum Access {
        /** Whoever reaches the management port, which is none of the listeners. */
        MANAGEMENT,
        /** Everybody, a token aside. */
        PUBLIC,
        /** Nodes with a certificate. */
        NODE,
        /** Admins with a certificate. */
        ADMIN
    }

    private static final List<PathPattern> MANAGEMENT = List.of(
            PathPatternParser.defaultInstance.parse("/actuator/**"),
            PathPatternParser.defaultInstance.parse("/openapi.json"),
            PathPatternParser.defaultInstance.parse("/"));
    /** On the management port it shows; the admins' listener has one of its own that acts. */
    private static final PathPattern CONSOLE = PathPatternParser.defaultInstance.parse("/console/**");

    private record Rule(
            PathPattern pattern, Access access, @Nullable HttpMethod only) {
        private boolean matches(HttpMethod method, PathContainer path) {
            return (only == null || only.equals(method)) && pattern.matches(path);
        }
    }

    private static final List<Rule> NODE_RULES = List.of(
            rule("/api/v1/pki/**", Access.PUBLIC),
            rule("/api/v1/enrollments", Access.PUBLIC),
            rule("/api/v1/certificates/{serial}/renewal-info", Access.PUBLIC),
            rule("/api/v1/renewals", Access.NODE),
            rule("/api/v1/nodes/self/status", Access.NODE),
            new Rule(PathPatternParser.defaultInstance.parse("/api/v1/revocations"), Access.NODE, HttpMethod.GET));

    private static Rule rule(String pattern, Access access) {
        return new Rule(PathPatternParser.defaultInstance.parse(pattern), access, null);
    }

    /** The place of a path, for somebody who asks on a listener; null on the management port. */
    static Place of(@Nullable Listener asked, HttpMethod method, PathContainer path) {
        if (asked == null && CONSOLE.matches(path)) {
            return new Place(null, Access.MANAGEMENT);
        }
        for (Rule rule : NODE_RULES) {
            if (rule.matches(method, path)) {
                return new Place(Listener.NODE, rule.access());
            }
        }
        return MANAGEMENT.stream().anyMatch(pattern -> pattern.matches(path))
                ? new Place(null, Access.MANAGEMENT)
                : new Place(Listener.ADMIN, Access.ADMIN);
    }
}
