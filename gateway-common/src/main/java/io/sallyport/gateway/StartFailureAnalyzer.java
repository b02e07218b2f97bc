package io.sallyport.gateway;

import io.sallyport.gateway.route.InvalidCachedRouteException;
import io.sallyport.gateway.setting.InvalidSettingException;
import io.sallyport.identity.IdentityException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.env.Environment;

/** Says in two sentences why a gate did not start and what to change. */
final class StartFailureAnalyzer implements FailureAnalyzer {
    /** Settings that name a file or a directory: a complaint about one says only which. */
    private static final List<String> PLACES = List.of(
            "sallyport.node.key",
            "sallyport.node.chain",
            "sallyport.node.trust",
            "sallyport.node.crl",
            "sallyport.node.state",
            "sallyport.pki.token-file",
            "sallyport.peers.deny-file",
            "sallyport.origin.ca");

    private final Environment environment;

    StartFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    public @Nullable FailureAnalysis analyze(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidCachedRouteException route) {
                return new FailureAnalysis(route.getMessage(), route.action(), route);
            }
            if (cause instanceof IdentityException identity) {
                return new FailureAnalysis(identity.getMessage(), action(identity), identity);
            }
            if (cause instanceof InvalidSettingException setting) {
                return new FailureAnalysis(setting.getMessage(), setting.action(), setting);
            }
        }
        return null;
    }

    private String action(IdentityException identity) {
        String message = String.valueOf(identity.getMessage());
        String named = PLACES.stream()
                .filter(name -> message.contains(environment.getProperty(name, "\0")))
                .map(name -> name + " (" + environment.getProperty(name) + ")")
                .collect(Collectors.joining(", "));
        return "See the settings " + (named.isEmpty() ? "sallyport.node and sallyport.pki" : named) + ".";
    }
}
