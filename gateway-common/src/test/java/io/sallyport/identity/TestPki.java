package io.sallyport.identity;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslHandler;
import io.sallyport.identity.TestAuthority.Leaf;
import io.sallyport.identity.node.Enrolment;
import io.sallyport.identity.tls.TlsContexts;
import io.sallyport.identity.tls.TlsContexts.Http;
import io.sallyport.identity.tls.TlsEngine;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** A scripted PKI server over TLS: it issues to whoever shows its token, and to whoever shows a certificate. */
public final class TestPki implements AutoCloseable {
    public static final String SECRET = "b25lLXRpbWUtc2VjcmV0LW9mLXRlc3Rz";

    /** Every request as {@code METHOD path}, with the name in the client's certificate. */
    public final List<String> requests = new CopyOnWriteArrayList<>();

    /** While true, every call is answered with 503. */
    public final AtomicBoolean down = new AtomicBoolean();

    /** While true, certificates are issued and the connection is closed before the answer. */
    public final AtomicBoolean answerLost = new AtomicBoolean();

    /** The issuing CA's list. */
    public final AtomicReference<byte[]> revocationList = new AtomicReference<>();

    /** What nodes reported, as JSON. */
    public final List<String> reports = new CopyOnWriteArrayList<>();

    /** The roots of the trust bundle and its sequence. */
    public final AtomicReference<Bundle> bundle = new AtomicReference<>();

    /** The trust bundle. */
    public record Bundle(long sequence, List<X509Certificate> roots) {}

    private final List<Sinks.One<Boolean>> waiting = new CopyOnWriteArrayList<>();
    private final AtomicLong sequence = new AtomicLong(7);
    private final TestAuthority authority;
    private final Function<Integer, Leaf> leaves;
    private final DisposableServer server;
    private final List<X509Certificate> issued = new CopyOnWriteArrayList<>();

    /**
     * Starts with a server certificate of the authority.
     *
     * @param own what the server shows
     * @param leaves what the n-th certificate says
     */
    public TestPki(TestAuthority authority, Credentials own, byte[] revocationList, Function<Integer, Leaf> leaves) {
        this.authority = authority;
        this.leaves = leaves;
        this.revocationList.set(revocationList);
        this.bundle.set(new Bundle(1, List.of(authority.root())));
        var context = new TlsContexts(TlsEngine.JDK, Http.HTTP_1_1)
                .server(own.keyManagerFactory(), TrustAnyone.FACTORY, ClientAuth.OPTIONAL);
        this.server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .secure(tls -> tls.sslContext(context))
                .handle(this::handle)
                .bindNow();
    }

    public URI url() {
        return URI.create("https://localhost:" + server.port());
    }

    public List<X509Certificate> issued() {
        return List.copyOf(issued);
    }

    /** Tells those who wait of something new, or else that there is nothing. */
    public void announce(boolean news) {
        if (news) {
            sequence.incrementAndGet();
        }
        waiting.forEach(sink -> sink.tryEmitValue(news));
    }

    /** How many wait for news now. */
    public int waiting() {
        return waiting.size();
    }

    /** A token for this authority's root. */
    public String token() {
        return "sp1." + SECRET + "." + Enrolment.sha256(authority.root());
    }

    private Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
        Optional<PeerIdentity> peer = peer(request);
        String call = request.method() + " " + request.uri();
        requests.add(call + peer.map(node -> " as " + node.node()).orElse(""));
        if (down.get()) {
            return response.status(HttpResponseStatus.SERVICE_UNAVAILABLE).send();
        }
        if (call.startsWith("GET /api/v1/revocations?")) {
            return revocations(request, response);
        }
        return switch (call) {
            case "GET /api/v1/pki/trust-bundles/default" -> trustBundle(request, response);
            case "POST /api/v1/enrollments" ->
                ("Bearer " + token()).equals(request.requestHeaders().get("authorization"))
                        ? issue(request, response)
                        : refuse(response, "the token is not valid");
            case "POST /api/v1/renewals" ->
                peer.isPresent() ? issue(request, response) : refuse(response, "a certificate is needed");
            case "PUT /api/v1/nodes/self/status" ->
                request.receive().aggregate().asString().flatMap(report -> {
                    reports.add(report);
                    return response.status(HttpResponseStatus.NO_CONTENT).send().then();
                });
            case "GET /api/v1/pki/issuers" ->
                response.sendString(Mono.just("{\"items\":[{\"id\":\"1\",\"crl\":\"/api/v1/pki/issuers/1.crl\"}]}"));
            case "GET /api/v1/pki/issuers/1.crl" -> list(request, response);
            default -> response.sendNotFound();
        };
    }

    private Publisher<Void> trustBundle(HttpServerRequest request, HttpServerResponse response) {
        Bundle now = bundle.get();
        if (!"application/json".equals(request.requestHeaders().get("accept"))) {
            return response.sendString(Mono.just(Pem.encode(now.roots())));
        }
        String roots = now.roots().stream()
                .map(root -> '"' + Pem.encode(List.of(root)).replace("\n", "\\n") + '"')
                .collect(java.util.stream.Collectors.joining(","));
        return response.sendString(Mono.just("{\"sequence\":" + now.sequence() + ",\"roots\":[" + roots + "]}"));
    }

    private Publisher<Void> revocations(HttpServerRequest request, HttpServerResponse response) {
        if (!request.uri().contains("after=" + sequence.get())) {
            return news(response);
        }
        Sinks.One<Boolean> sink = Sinks.one();
        waiting.add(sink);
        return sink.asMono()
                .doFinally(signal -> waiting.remove(sink))
                .flatMap(news -> Mono.from(
                        news
                                ? news(response)
                                : response.status(HttpResponseStatus.NO_CONTENT)
                                        .header("Sallyport-Sequence", String.valueOf(sequence.get()))
                                        .send()));
    }

    private Publisher<Void> news(HttpServerResponse response) {
        return response.sendString(
                Mono.just("{\"issuers\":[{\"id\":\"1\",\"crlNumber\":2}],\"sequence\":" + sequence.get() + "}"));
    }

    private Publisher<Void> list(HttpServerRequest request, HttpServerResponse response) {
        byte[] list = revocationList.get();
        String entityTag = "\"" + java.util.Arrays.hashCode(list) + "\"";
        if (entityTag.equals(request.requestHeaders().get("if-none-match"))) {
            return response.status(HttpResponseStatus.NOT_MODIFIED).send();
        }
        return response.header("etag", entityTag).sendByteArray(Mono.just(list));
    }

    private Publisher<Void> issue(HttpServerRequest request, HttpServerResponse response) {
        return request.receive().aggregate().asString(StandardCharsets.US_ASCII).flatMap(pem -> {
            List<X509Certificate> chain =
                    new ArrayList<>(authority.certify(leaves.apply(issued.size()), requestedKey(pem)));
            issued.add(chain.getFirst());
            if (answerLost.get()) {
                response.withConnection(connection -> connection.dispose());
                return Mono.never();
            }
            return response.status(HttpResponseStatus.CREATED)
                    .header("content-type", "application/pem-certificate-chain")
                    .sendString(Mono.just(Pem.encode(chain)))
                    .then();
        });
    }

    private static Publisher<Void> refuse(HttpServerResponse response, String detail) {
        return response.status(HttpResponseStatus.UNAUTHORIZED)
                .header("content-type", "application/problem+json")
                .sendString(Mono.just("{\"type\":\"token-invalid\",\"detail\":\"" + detail + "\"}"));
    }

    private static PublicKey requestedKey(String pem) {
        try (PEMParser parser = new PEMParser(new java.io.StringReader(pem))) {
            return new JcaPKCS10CertificationRequest((PKCS10CertificationRequest) parser.readObject()).getPublicKey();
        } catch (java.io.IOException | java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Optional<PeerIdentity> peer(HttpServerRequest request) {
        List<PeerIdentity> found = new ArrayList<>();
        request.withConnection(connection -> {
            SslHandler tls = connection.channel().pipeline().get(SslHandler.class);
            try {
                PeerIdentity.of((X509Certificate) tls.engine().getSession().getPeerCertificates()[0])
                        .ifPresent(found::add);
            } catch (SSLPeerUnverifiedException e) {
                // No certificate was shown.
            }
        });
        return found.stream().findFirst();
    }

    @Override
    public void close() {
        server.disposeNow();
    }

    private static final class TrustAnyone extends io.netty.handler.ssl.util.SimpleTrustManagerFactory {
        static final TrustAnyone FACTORY = new TrustAnyone();

        @Override
        protected void engineInit(java.security.KeyStore keyStore) {}

        @Override
        protected void engineInit(javax.net.ssl.ManagerFactoryParameters parameters) {}

        @Override
        protected javax.net.ssl.TrustManager[] engineGetTrustManagers() {
            return new javax.net.ssl.TrustManager[] {new TrustingAll()};
        }
    }
}
