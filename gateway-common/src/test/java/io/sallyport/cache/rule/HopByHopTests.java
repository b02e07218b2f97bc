package io.sallyport.cache.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.http.Fields;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class HopByHopTests {
    @Test
    @DisplayName("RFC 9110, section 7.6.1: Connection and what it nominates are taken away")
    void nominatedFieldsGo() {
        assertThat(HopByHop.strip(Fields.of("Connection", "A, close", "connection", "b", "a", "1", "B", "2", "c", "3")))
                .isEqualTo(Fields.of("c", "3"));
    }

    @Test
    @DisplayName("RFC 9110, section 7.6.1: so are fields that are for one connection by definition")
    void knownFieldsGo() {
        assertThat(HopByHop.strip(Fields.of(
                        "Keep-Alive",
                        "x",
                        "Proxy-Connection",
                        "x",
                        "TE",
                        "trailers",
                        "Transfer-Encoding",
                        "chunked",
                        "Upgrade",
                        "x",
                        "Trailer",
                        "x",
                        "Proxy-Authenticate",
                        "x",
                        "Proxy-Authorization",
                        "x",
                        "Proxy-Authentication-Info",
                        "x",
                        "X",
                        "1")))
                .isEqualTo(Fields.of("X", "1"));
    }

    @Test
    @DisplayName("Deviation from RFC 9110, section 7.6.1: fields for all recipients cannot be nominated")
    void fieldsForAllRecipientsStay() {
        assertThat(HopByHop.strip(
                        Fields.of("Connection", "Cache-Control, VARY", "Cache-Control", "no-store", "Vary", "a")))
                .isEqualTo(Fields.of("Cache-Control", "no-store", "Vary", "a"));
    }
}
