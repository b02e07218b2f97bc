package io.sallyport.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class EndpointsTests {
    @TempDir
    Path temporary;

    @Test
    void theFileHoldsEveryBaseUrlAndNothingIsLeftAside() throws IOException {
        Path file = temporary.resolve("endpoints.json");
        endpoints("https://localhost:1").write(file);
        endpoints("https://localhost:1").write(file);
        assertThat(new JsonMapper().readTree(file.toFile())).isEqualTo(new JsonMapper().readTree("""
                {"edge":"https://localhost:1","edges":["https://localhost:1","https://localhost:2"],
                "edgeHttp":"http://localhost:3","regional":"https://localhost:4","pki":"https://localhost:5",
                "pkiAdmin":"https://localhost:6","edgeManagement":"http://localhost:7",
                "edgeManagements":["http://localhost:7","http://localhost:8"],
                "regionalManagement":"http://localhost:9","pkiManagement":"http://localhost:10",
                "origin":"http://localhost:11"}"""));
        assertThat(temporary).isDirectoryNotContaining("glob:**.new");
    }

    @Test
    void theEdgeIsTheFirstOfTheEdges() {
        assertThatIllegalArgumentException().isThrownBy(() -> endpoints("https://localhost:2"));
    }

    private static Endpoints endpoints(String edge) {
        return new Endpoints(
                edge,
                List.of("https://localhost:1", "https://localhost:2"),
                "http://localhost:3",
                "https://localhost:4",
                "https://localhost:5",
                "https://localhost:6",
                "http://localhost:7",
                List.of("http://localhost:7", "http://localhost:8"),
                "http://localhost:9",
                "http://localhost:10",
                "http://localhost:11");
    }
}
