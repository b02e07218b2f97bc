package io.sallyport.pki;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/** Who gets through which listener, on the engine and in the version of TLS that {@link ListenerScenarios} has not. */
@Tag("full") // each stack starts a service and lets a certificate expire
@ParameterizedClass
@CsvSource({"false,TLSv1.2", "true,TLSv1.3", "true,TLSv1.2"})
class ListenerStackScenarios extends ListenerScenarios {
    @Parameter(0)
    private boolean javaTls;

    @Parameter(1)
    private String version = "";

    @Override
    boolean javaTls() {
        return javaTls;
    }

    @Override
    String version() {
        return version;
    }
}
