package io.sallyport.quickstart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where everything is: base URLs without a path.
 *
 * @param edge the first edge, HTTPS
 * @param edges every edge, HTTPS
 * @param edgeHttp the first edge, HTTP
 * @param regional the regional gate, mTLS
 * @param pki the PKI for nodes and the public
 * @param pkiAdmin the PKI's admin API, mTLS
 * @param edgeManagement the first edge's management port
 * @param edgeManagements every edge's management port
 * @param regionalManagement the regional gate's management port
 * @param pkiManagement the PKI's management port
 * @param origin the origin
 */
record Endpoints(
        String edge,
        List<String> edges,
        String edgeHttp,
        String regional,
        String pki,
        String pkiAdmin,
        String edgeManagement,
        List<String> edgeManagements,
        String regionalManagement,
        String pkiManagement,
        String origin) {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    Endpoints {
        edges = List.copyOf(edges);
        edgeManagements = List.copyOf(edgeManagements);
        if (edges.isEmpty() || !edges.getFirst().equals(edge)) {
            throw new IllegalArgumentException("edge must be the first of edges: " + edge + ", " + edges);
        }
    }

    /** Writes the file aside and renames it, so that whoever sees it sees the whole. */
    void write(Path file) throws IOException {
        Path aside = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(aside, JSON.writeValueAsString(this) + "\n");
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
