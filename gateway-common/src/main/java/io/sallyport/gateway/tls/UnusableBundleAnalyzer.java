package io.sallyport.gateway.tls;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says which bundle of a listener cannot be used and why. */
final class UnusableBundleAnalyzer extends AbstractFailureAnalyzer<UnusableBundleException> {
    @Override
    protected FailureAnalysis analyze(Throwable failure, UnusableBundleException cause) {
        return new FailureAnalysis(cause.getMessage(), cause.action(), cause);
    }
}
