package io.sallyport.pki.start;

import io.sallyport.pki.ca.UnusableFileException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Tells an {@link UnusableFileException} without a stack trace. */
class UnusableFileAnalyzer extends AbstractFailureAnalyzer<UnusableFileException> {
    private static final String ACTION = "set sallyport.pki.state to the directory of a ceremony, or make one with"
            + " `ceremony root|issuing|admin --out=DIR`";

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, UnusableFileException cause) {
        return new FailureAnalysis(String.valueOf(cause.getMessage()), ACTION, cause);
    }
}
