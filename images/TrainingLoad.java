import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * What customers ask of an edge, for a while: mostly what is stored there, some of what its regional gate has stored, some
 * that nobody has, conditional requests, ranges and a few POSTs, over HTTP/1.1 and HTTP/2 and ever new connections. What a JVM
 * has learnt of it goes into its AOT cache (JEP 515).
 */
final class TrainingLoad {
    private static final int CLIENTS = 16;
    private static final int STORED = 200;

    private final SSLContext trust;
    private final String edge;
    private final AtomicLong sent = new AtomicLong();

    private TrainingLoad(SSLContext trust, String edge) {
        this.trust = trust;
        this.edge = edge;
    }

    /** Sends requests for so many seconds and answers how many; one that fails fails the run. */
    static long run(Path customerCa, int edgePort, int seconds) throws IOException, InterruptedException {
        TrainingLoad load = new TrainingLoad(trusting(customerCa), "https://localhost:" + edgePort);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        for (int turn = 0; System.nanoTime() < end; turn++) {
            load.turn(turn % 2 == 0 ? HttpClient.Version.HTTP_1_1 : HttpClient.Version.HTTP_2);
        }
        return load.sent.get();
    }

    private static SSLContext trusting(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry(String.valueOf(store.size()), one);
            }
            TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
            managers.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /** Two seconds over connections of their own. */
    private void turn(HttpClient.Version version) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        try (HttpClient http = HttpClient.newBuilder().sslContext(trust).version(version).build();
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Void> client = () -> {
                while (System.nanoTime() < end) {
                    send(http, sent.getAndIncrement());
                }
                return null;
            };
            List<Future<Void>> all = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                all.add(clients.submit(client));
            }
            for (Future<Void> one : all) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause().getMessage(), e);
        }
    }

    private void send(HttpClient http, long number) throws IOException, InterruptedException {
        HttpRequest request = request(number);
        HttpResponse<Void> response = http.send(request, HttpResponse.BodyHandlers.discarding());
        int status = response.statusCode();
        if (status != 200 && status != 206 && status != 304) {
            throw new IllegalStateException("the edge answered " + status + " to " + request);
        }
    }

    private HttpRequest request(long number) {
        String stored = "/stored/" + number % STORED;
        return switch ((int) (number % 20)) {
            case 0 -> get("/new/" + number).build();
            case 1, 2, 3 -> get("/inner/" + number % STORED).build();
            case 4 -> get("/inner/new/" + number).build();
            case 5 -> get(stored).header("If-None-Match", "\"1\"").build();
            case 6 -> get(stored).header("Range", "bytes=100-199").build();
            case 7 -> get(stored).HEAD().build();
            case 8 -> get("/form").POST(HttpRequest.BodyPublishers.ofString("a=b")).build();
            default -> get(stored).build();
        };
    }

    private HttpRequest.Builder get(String path) {
        return HttpRequest.newBuilder(URI.create(edge + path))
                .header("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) training")
                .header("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
                .header("Accept-Language", "en-GB,en;q=0.5");
    }
}
