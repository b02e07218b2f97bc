package io.sallyport.gateway.direct;

import io.netty.buffer.ByteBuf;
import io.sallyport.cache.engine.Upstream;
import io.sallyport.cache.engine.UpstreamFailure;
import io.sallyport.http.Fields;
import io.sallyport.http.ResponseHead;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Writes down what comes. */
final class Answer implements Receiver {
    /** A response of this status is not wanted. */
    static final int UNWANTED = 503;

    private final CompletableFuture<String> end = new CompletableFuture<>();
    private final List<Integer> interim = new CopyOnWriteArrayList<>();
    private final List<String> content = new CopyOnWriteArrayList<>();
    private final AtomicInteger received = new AtomicInteger();
    private volatile boolean wanted = true;
    private volatile String version = "";
    private volatile @Nullable ResponseHead head;
    private volatile Upstream.@Nullable Exchange exchange;

    /** Asks a peer for a target. */
    static Answer to(DirectClient client, URI peer, String method, String target) {
        return new Answer().ask(client, peer, method, target, true);
    }

    /** Asks for a target once, whatever becomes of the connection. */
    static Answer once(DirectClient client, URI peer, String target) {
        return new Answer().ask(client, peer, "GET", target, false);
    }

    /** Asks for a target whose content is wanted only as it is asked for. */
    static Answer unwilling(DirectClient client, URI peer, String target) {
        Answer answer = new Answer();
        answer.wanted = false;
        return answer.ask(client, peer, "GET", target, true);
    }

    private Answer ask(DirectClient client, URI peer, String method, String target, boolean repeatable) {
        exchange = client.send(
                peer, new DirectRequest(method, "shop.example", target, Fields.of("Accept", "*/*"), repeatable), this);
        return this;
    }

    /** How it ended; waits for that. */
    String ended() {
        return end.orTimeout(20, TimeUnit.SECONDS).join();
    }

    boolean isEnded() {
        return end.isDone();
    }

    List<Integer> interim() {
        return interim;
    }

    /** The beginning of the content. */
    String content() {
        return String.join("", content);
    }

    /** How many bytes of content came. */
    int received() {
        return received.get();
    }

    String version() {
        return version;
    }

    /** From now on all content is wanted. */
    void becomesWilling() {
        wanted = true;
        exchange().resume();
    }

    boolean isHeaded() {
        return head != null;
    }

    ResponseHead head() {
        return Objects.requireNonNull(head);
    }

    Upstream.Exchange exchange() {
        return Objects.requireNonNull(exchange);
    }

    @Override
    public void informational(ResponseHead came) {
        interim.add(came.status());
    }

    @Override
    public boolean head(ResponseHead came, String receivedIn) {
        head = came;
        version = receivedIn;
        return came.status() != UNWANTED;
    }

    @Override
    public boolean data(ByteBuf bytes) {
        if (received.addAndGet(bytes.readableBytes()) < 1024) {
            content.add(bytes.toString(StandardCharsets.US_ASCII));
        }
        return wanted;
    }

    @Override
    public void complete() {
        end.complete("complete");
    }

    @Override
    public void failed(UpstreamFailure failure, boolean processed) {
        end.complete(failure.kind() + (processed ? " processed" : " unprocessed"));
    }
}
