package io.sallyport.pki.api;

import io.sallyport.pki.PkiSettings;
import io.sallyport.pki.authority.Issuers;
import io.sallyport.pki.authority.RevocationListPublisher;
import io.sallyport.pki.ca.CertificateAuthority;
import io.sallyport.pki.ca.Der;
import io.sallyport.pki.ca.HierarchyFiles;
import io.sallyport.pki.ca.Issuer;
import io.sallyport.pki.ca.Pem;
import io.sallyport.pki.ca.RevocationList;
import io.sallyport.pki.policy.Refusal.Cause;
import io.sallyport.pki.policy.RefusedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import tools.jackson.databind.json.JsonMapper;

/** What everybody may read, answered from memory: lists, chains and trust bundles. */
@RestController
@RequestMapping("/api/v1/pki")
final class PublicController {
    private static final MediaType CRL = MediaType.parseMediaType("application/pkix-crl");
    private static final MediaType CERTIFICATE = MediaType.parseMediaType("application/pkix-cert");

    private final Issuers issuers;
    private final RevocationListPublisher publisher;
    private final JsonMapper json;
    private final Path state;

    PublicController(Issuers issuers, RevocationListPublisher publisher, JsonMapper json, PkiSettings settings) {
        this.issuers = issuers;
        this.publisher = publisher;
        this.json = json;
        this.state = settings.state();
    }

    /** One issuer of the list. */
    record IssuerView(String id, String subject, Instant notAfter, String crl) {}

    /** All issuers. */
    record IssuerList(List<IssuerView> items) {
        IssuerList {
            items = List.copyOf(items);
        }
    }

    @GetMapping("/issuers")
    IssuerList issuers() {
        return new IssuerList(publisher.kept().keySet().stream()
                .map(issuer -> new IssuerView(
                        issuer.id(),
                        issuer.certificate().getSubjectX500Principal().getName(),
                        issuer.certificate().getNotAfter().toInstant(),
                        "/api/v1/pki/issuers/" + issuer.id() + ".crl"))
                .toList());
    }

    @GetMapping("/issuers/{id}.crl")
    ResponseEntity<byte[]> revocationList(@PathVariable String id, ServerWebExchange exchange) {
        RevocationList list = publisher
                .current(issuer(id).id())
                .orElseThrow(() -> new RefusedException(Cause.SIGNER_UNAVAILABLE, "there is no list yet"));
        return conditional(exchange, list.der(), CRL, list.contents().number() + "-");
    }

    @GetMapping("/issuers/{id}.cer")
    ResponseEntity<byte[]> certificate(@PathVariable String id, ServerWebExchange exchange) {
        return conditional(exchange, Der.of(Pem.encoded(issuer(id).certificate())), CERTIFICATE, "");
    }

    @GetMapping("/issuers/{id}/chain")
    ResponseEntity<byte[]> chain(@PathVariable String id, ServerWebExchange exchange) {
        return conditional(exchange, pem(issuer(id).chain()), IssuedAnswer.CHAIN, "");
    }

    /** The bundle in JSON. */
    record TrustBundle(long sequence, List<String> roots) {
        TrustBundle {
            roots = List.copyOf(roots);
        }
    }

    @GetMapping("/trust-bundles/{name}")
    ResponseEntity<byte[]> trustBundle(@PathVariable String name, ServerWebExchange exchange) {
        if (!name.equals("default")) {
            throw notFound();
        }
        if (asksForJson(exchange.getRequest())) {
            List<String> roots = issuers.roots().stream()
                    .map(root -> Pem.encode(List.of(root)))
                    .toList();
            byte[] bundle = json.writeValueAsBytes(new TrustBundle(issuers.bundleSequence(), roots));
            return conditional(exchange, Der.of(bundle), MediaType.APPLICATION_JSON, issuers.bundleSequence() + "-");
        }
        return conditional(exchange, pem(issuers.roots()), IssuedAnswer.CHAIN, "");
    }

    private static boolean asksForJson(ServerHttpRequest request) {
        return request.getHeaders().getAccept().stream()
                .anyMatch(type -> type.equalsTypeAndSubtype(MediaType.APPLICATION_JSON));
    }

    @GetMapping("/roots/{sha256}")
    ResponseEntity<byte[]> root(@PathVariable String sha256, ServerWebExchange exchange) {
        X509Certificate root = rootOf(sha256);
        boolean der = exchange.getRequest().getHeaders().getAccept().stream()
                .anyMatch(type -> type.equalsTypeAndSubtype(CERTIFICATE));
        return der
                ? conditional(exchange, Der.of(Pem.encoded(root)), CERTIFICATE, "d-")
                : conditional(exchange, pem(List.of(root)), IssuedAnswer.CHAIN, "");
    }

    @GetMapping("/roots/{sha256}.crl")
    ResponseEntity<byte[]> rootRevocationList(@PathVariable String sha256, ServerWebExchange exchange) {
        X509Certificate root = rootOf(sha256);
        Path rootList = HierarchyFiles.rootDirectories(state).stream()
                .filter(directory -> HierarchyFiles.certificates(directory.resolve(HierarchyFiles.ROOT))
                        .contains(root))
                .map(directory -> directory.resolve(HierarchyFiles.ROOT_LIST))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(PublicController::notFound);
        return conditional(
                exchange, CertificateAuthority.readList(rootList, root).der(), CRL, "");
    }

    private X509Certificate rootOf(String sha256) {
        return issuers.roots().stream()
                .filter(root -> Der.sha256(Pem.encoded(root)).equals(sha256))
                .findFirst()
                .orElseThrow(PublicController::notFound);
    }

    private Issuer issuer(String id) {
        return issuers.find(id).orElseThrow(PublicController::notFound);
    }

    private static RefusedException notFound() {
        return new RefusedException(Cause.NOT_FOUND, "there is nothing here");
    }

    private static Der pem(List<X509Certificate> certificates) {
        return Der.of(Pem.ascii(Pem.encode(certificates)));
    }

    private static ResponseEntity<byte[]> conditional(
            ServerWebExchange exchange, Der body, MediaType type, String tagPrefix) {
        String tag = "\"" + tagPrefix + body.sha256().substring(0, 32) + "\"";
        CacheControl cacheControl = CacheControl.noCache().cachePublic();
        if (exchange.checkNotModified(tag)) {
            return ResponseEntity.status(304)
                    .eTag(tag)
                    .cacheControl(cacheControl)
                    .build();
        }
        return ResponseEntity.ok()
                .contentType(type)
                .eTag(tag)
                .varyBy(HttpHeaders.ACCEPT)
                .cacheControl(cacheControl)
                .body(body.bytes());
    }
}
