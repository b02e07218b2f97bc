package io.sallyport.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampleOriginTests {
    private final SampleOrigin origin = new SampleOrigin(InstantSource.fixed(Instant.parse("2026-11-25T01:02:03.4Z")));
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void stop() {
        client.close();
        origin.close();
    }

    @Test
    void theFirstPageMayBeStoredAndCountsItsRequests() throws Exception {
        get("/");
        HttpResponse<String> second = get("/");
        assertThat(second.statusCode()).isEqualTo(200);
        assertThat(second.headers().firstValue("cache-control")).hasValue("max-age=60");
        assertThat(second.headers().firstValue("date")).hasValue("Wed, 25 Nov 2026 01:02:03 GMT");
        assertThat(second.body()).contains("request number 2");
        assertThat(origin.requests("/")).isEqualTo(2);
        assertThat(get("/requests").body()).contains("/ 2\n");
    }

    @Test
    void theTimeMayNotBeStored() throws Exception {
        assertThat(get("/time").headers().firstValue("cache-control")).hasValue("no-store");
    }

    @Test
    void theLargeResourceHasTheSizeThatIsAsked() throws Exception {
        assertThat(get("/large?size=100001").body()).hasSize(100_001);
        assertThat(get("/large?size=0").body()).isEmpty();
        HttpResponse<String> head = send(request("/large?size=5000000").HEAD());
        assertThat(head.headers().firstValue("content-length")).hasValue("5000000");
        assertThat(head.body()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"-1", "x", "99999999999", "''"})
    void aWrongSizeIsRefused(String size) throws Exception {
        assertThat(get("/large?size=" + size).statusCode()).isEqualTo(400);
    }

    @Test
    void theArticleIsNotSentAgainToWhoeverHasIt() throws Exception {
        HttpResponse<String> first = get("/article");
        String entityTag = first.headers().firstValue("etag").orElseThrow();
        String lastModified = first.headers().firstValue("last-modified").orElseThrow();
        assertThat(conditional("If-None-Match", "\"other\", W/" + entityTag)).isEqualTo(304);
        assertThat(conditional("If-None-Match", "*")).isEqualTo(304);
        assertThat(conditional("If-None-Match", "\"other\"")).isEqualTo(200);
        assertThat(conditional("If-Modified-Since", lastModified)).isEqualTo(304);
        assertThat(conditional("If-Modified-Since", "Wed, 25 Nov 2026 01:02:02 GMT"))
                .isEqualTo(200);
        assertThat(conditional("If-Modified-Since", "yesterday")).isEqualTo(200);
    }

    @Test
    void otherMethodsAndPathsAreRefused() throws Exception {
        HttpResponse<String> post = send(request("/").POST(BodyPublishers.ofString("x")));
        assertThat(post.statusCode()).isEqualTo(405);
        assertThat(post.headers().firstValue("allow")).hasValue("GET, HEAD");
        assertThat(get("/nothing").statusCode()).isEqualTo(404);
    }

    private int conditional(String field, String value) throws IOException, InterruptedException {
        return send(request("/article").header(field, value)).statusCode();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(origin.url() + path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }
}
