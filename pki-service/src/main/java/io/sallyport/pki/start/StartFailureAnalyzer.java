package io.sallyport.pki.start;

import io.sallyport.pki.StartFailureException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Tells a {@link StartFailureException} without a stack trace. */
class StartFailureAnalyzer extends AbstractFailureAnalyzer<StartFailureException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, StartFailureException cause) {
        return new FailureAnalysis(String.valueOf(cause.getMessage()), cause.action(), cause);
    }
}
