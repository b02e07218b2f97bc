package io.sallyport.gateway.answer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;
import io.sallyport.cache.StoredResponse;
import io.sallyport.cache.engine.Answer;
import io.sallyport.cache.engine.BrokenTransfer;
import io.sallyport.cache.engine.ContentReader;
import io.sallyport.cache.engine.Outlet;
import io.sallyport.cache.engine.Plan;
import io.sallyport.cache.rule.CacheStatus;
import io.sallyport.cache.rule.RangeSelection;
import io.sallyport.cache.rule.RangeSelection.Selection;
import io.sallyport.cache.rule.Validation;
import io.sallyport.cache.store.ResponseStore;
import io.sallyport.cache.store.SegmentedBody;
import io.sallyport.gateway.client.ChannelOutlet;
import io.sallyport.gateway.client.ClientConnection;
import io.sallyport.gateway.client.MinimumRate;
import io.sallyport.gateway.request.ClientExchange;
import io.sallyport.gateway.request.InternalFields;
import io.sallyport.gateway.setting.GateProperties;
import io.sallyport.http.Fields;
import io.sallyport.http.HttpDate;
import io.sallyport.http.RequestHead;
import io.sallyport.http.ResponseHead;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Writes answers to customers, over HTTP/1.1 and HTTP/2 alike. */
public final class ResponseWriter {
    private static final AsciiString AGE = AsciiString.cached("age");
    private static final AsciiString CACHE_STATUS = AsciiString.cached("cache-status");
    private static final AsciiString CONTENT_LENGTH = AsciiString.cached("content-length");
    private static final AsciiString CONTENT_RANGE = AsciiString.cached("content-range");
    private static final AsciiString CONTENT_TYPE = AsciiString.cached("content-type");
    private static final AsciiString DATE = AsciiString.cached("date");

    private static final AsciiString PLAIN_TEXT = AsciiString.cached("text/plain; charset=utf-8");

    private static final int ONE_PIECE = 64 << 10;

    private static final Set<String> CONTENT_ONLY = Set.of("content-length");

    private final ResponseStore store;
    private final InstantSource clock;
    private final HitStatus hits;
    private final GeneratedStatus refusals;
    /** The fields of refusals, of which there are few kinds; never changed once they are here. */
    private final Map<Plan.Refuse, AsciiString[]> refusalFields = new ConcurrentHashMap<>();

    private final PreparedFields spelled;
    private final PreparedFields lowerCase;
    private final boolean towardsCustomers;
    private final MinimumRate minimumRate;

    public ResponseWriter(
            ResponseStore store, InstantSource clock, GateProperties properties, MinimumRate minimumRate) {
        this.store = store;
        this.minimumRate = minimumRate;
        this.clock = clock;
        this.hits = new HitStatus(properties.tier().label());
        this.refusals = new GeneratedStatus(properties.tier().label());
        this.towardsCustomers = properties.tier() == GateProperties.Tier.EDGE;
        this.spelled = new PreparedFields(towardsCustomers, false);
        this.lowerCase = new PreparedFields(towardsCustomers, true);
    }

    /** Answers with a fresh stored response, of which it takes over one reference. */
    public Publisher<Void> hit(Call call, StoredResponse stored, Duration age, Duration ttl) {
        return stored(call, stored, age, hits.of(ttl));
    }

    /**
     * The answer with a fresh stored response as one message, for which it takes over the reference; null where it is a part,
     * or has more bytes of content than there is room for.
     */
    @Nullable
    public WholeAnswer message(ClientExchange exchange, Plan.Serve plan, int room) {
        StoredResponse stored = plan.response();
        RequestHead head = Objects.requireNonNull(exchange.head());
        long length = stored.body().length();
        if (length > Math.min(room, ONE_PIECE) || head.fields().contains("range")) {
            return null;
        }
        PreparedFields prepared = exchange.request().version().majorVersion() == 1 ? spelled : lowerCase;
        AsciiString age = Decimals.of(Math.max(0, plan.age().toSeconds()));
        AsciiString status = hits.of(plan.ttl());
        if (Validation.evaluate(head, stored.head()) == Validation.Precondition.NOT_MODIFIED) {
            store.release(stored);
            AsciiString[] known = prepared.once(notModified(stored.head()));
            return message(exchange, 304, lines(known, AGE, age, CACHE_STATUS, status), Unpooled.EMPTY_BUFFER);
        }
        int code = stored.head().status();
        AsciiString[] known = prepared.of(stored.head().fields());
        AsciiString[] lines = code == 204 || code == 304
                ? lines(known, AGE, age, CACHE_STATUS, status)
                : lines(known, AGE, age, CACHE_STATUS, status, CONTENT_LENGTH, Decimals.of(length));
        if (head.isHead() || length == 0) {
            store.release(stored);
            return message(exchange, code, lines, Unpooled.EMPTY_BUFFER);
        }
        SegmentedBody body = SegmentedBody.of(stored);
        ByteBuf content = body.slice(0, (int) length);
        body.release();
        return message(exchange, code, lines, content);
    }

    private static AsciiString[] lines(AsciiString[] known, AsciiString... own) {
        AsciiString[] lines = Arrays.copyOf(known, known.length + own.length);
        System.arraycopy(own, 0, lines, known.length, own.length);
        return lines;
    }

    /** A refusal as one message. */
    public WholeAnswer message(ClientExchange exchange, Plan.Refuse plan) {
        AsciiString[] known = refusalFields.get(plan);
        AsciiString[] lines = known == null ? refusalFields.computeIfAbsent(plan, this::lines) : known;
        ByteBuf content = exchange.request().method().equals(HttpMethod.HEAD)
                ? Unpooled.EMPTY_BUFFER
                : StatusText.content(plan.status());
        return message(exchange, plan.status(), lines, content);
    }

    private AsciiString[] lines(Plan.Refuse plan) {
        return new AsciiString[] {
            CACHE_STATUS,
            refusals.of(plan.detail()),
            CONTENT_TYPE,
            PLAIN_TEXT,
            CONTENT_LENGTH,
            Decimals.of(StatusText.of(plan.status()).length)
        };
    }

    private static WholeAnswer message(ClientExchange exchange, int status, AsciiString[] lines, ByteBuf content) {
        exchange.status(status);
        exchange.sent(content.readableBytes());
        return new WholeAnswer(status, lines, content);
    }

    /** Answers with a stored response, of which it takes over one reference. */
    public Publisher<Void> stored(Call call, StoredResponse stored, Duration age, CacheStatus status) {
        return stored(call, stored, age, (CharSequence) status.render());
    }

    private Publisher<Void> stored(Call call, StoredResponse stored, Duration age, CharSequence status) {
        HttpHeaders headers = call.response().responseHeaders();
        if (head(headers, call.head(), stored, age, status)) {
            store.release(stored);
            return bare(call, 304);
        }
        long length = stored.body().length();
        Selection selection = RangeSelection.select(call.head(), stored.head(), length);
        if (selection instanceof Selection.Unsatisfiable) {
            store.release(stored);
            headers.remove(CONTENT_TYPE);
            return unsatisfiable(call, length);
        }
        if (call.head().isHead()) {
            store.release(stored);
            setLength(headers, stored.head().status(), length);
            return bare(call, stored.head().status());
        }
        SegmentedBody body = SegmentedBody.of(stored);
        return switch (selection) {
            case Selection.Whole whole -> {
                setLength(headers, stored.head().status(), length);
                status(call, stored.head().status());
                yield whole(call, body, length);
            }
            case Selection.Single single -> {
                headers.set(CONTENT_RANGE, contentRange(single, length));
                headers.set(CONTENT_LENGTH, Long.toString(single.last() - single.first() + 1));
                status(call, 206);
                yield stream(call, ContentReader.stored(body, outlet(call), single.first(), single.last()));
            }
            case Selection.Multiple multiple -> multiple(call, stored, body, outlet(call), multiple, length);
            case Selection.Unsatisfiable none -> throw new IllegalStateException("judged above: " + none);
        };
    }

    /** Writes the fields of an answer with a stored response, and tells whether it is 304 (Not Modified). */
    private boolean head(
            HttpHeaders headers, RequestHead request, StoredResponse stored, Duration age, CharSequence status) {
        boolean notModified = Validation.evaluate(request, stored.head()) == Validation.Precondition.NOT_MODIFIED;
        write(headers, notModified ? notModified(stored.head()) : stored.head().fields());
        headers.set(AGE, Decimals.of(Math.max(0, age.toSeconds())));
        sign(headers, status);
        return notModified;
    }

    private static Outlet outlet(Call call) {
        return new ChannelOutlet(ClientConnection.of(call.exchange().request()).channel());
    }

    private Publisher<Void> whole(Call call, SegmentedBody body, long length) {
        if (length == 0) {
            body.release();
            return call.response().send();
        }
        ByteBuf first = body.slice(0, (int) Math.min(length, ONE_PIECE));
        if (first.readableBytes() == length) {
            body.release();
            call.exchange().sent(length);
            return call.response().sendObject(first);
        }
        first.release();
        return stream(call, ContentReader.stored(body, outlet(call), 0, length - 1));
    }

    private Publisher<Void> multiple(
            Call call,
            StoredResponse stored,
            SegmentedBody body,
            Outlet outlet,
            Selection.Multiple multiple,
            long length) {
        HttpHeaders headers = call.response().responseHeaders();
        String boundary = "sallyport-" + Long.toHexString(clock.millis()) + "-" + Long.toHexString(length);
        String type = stored.head().fields().first("content-type").orElse("application/octet-stream");
        Flux<ByteBuf> content = Flux.fromIterable(multiple.ranges())
                .concatMap(range -> Flux.concat(
                        text("\r\n--" + boundary + "\r\nContent-Type: " + type + "\r\nContent-Range: "
                                + contentRange(range, length) + "\r\n\r\n"),
                        Flux.defer(() -> body.retain()
                                ? ContentReader.stored(body, outlet, range.first(), range.last())
                                : Flux.empty())))
                .concatWith(text("\r\n--" + boundary + "--\r\n"))
                .doFinally(signal -> store.release(stored));
        headers.set(CONTENT_TYPE, "multipart/byteranges; boundary=" + boundary);
        headers.remove(CONTENT_LENGTH);
        status(call, 206);
        return stream(call, content);
    }

    private static Mono<ByteBuf> text(String text) {
        return Mono.fromSupplier(() -> Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
    }

    /** Answers with what upstream is sending. */
    public Publisher<Void> fetched(Call call, Answer.Fetched answer, CacheStatus status) {
        HttpHeaders headers = call.response().responseHeaders();
        ResponseHead head = answer.head();
        boolean own = answer.stored() || answer.collapsed();
        boolean notModified = own && Validation.evaluate(call.head(), head) == Validation.Precondition.NOT_MODIFIED;
        write(headers, notModified ? notModified(head) : head.fields());
        if (!headers.contains(DATE)) {
            headers.set(DATE, HttpDate.format(clock.instant()));
        }
        sign(headers, status);
        if (notModified) {
            answer.content().discard();
            return bare(call, 304);
        }
        if (call.head().isHead() || head.status() == 204 || head.status() == 304) {
            answer.content().discard();
            return bare(call, head.status());
        }
        if (own && answer.length().isPresent()) {
            long length = answer.length().getAsLong();
            switch (RangeSelection.select(call.head(), head, length)) {
                case Selection.Single single -> {
                    headers.set(CONTENT_RANGE, contentRange(single, length));
                    headers.set(CONTENT_LENGTH, Long.toString(single.last() - single.first() + 1));
                    status(call, 206);
                    answer.content().narrow(single.first(), single.last());
                    return content(call, 206, answer.content());
                }
                case Selection.Unsatisfiable none -> {
                    answer.content().discard();
                    headers.remove(CONTENT_TYPE);
                    return unsatisfiable(call, length);
                }
                case Selection.Whole whole -> {}
                case Selection.Multiple multiple -> {}
            }
        }
        status(call, head.status());
        return content(call, head.status(), answer.content());
    }

    /** In one message where all of it is here: head and content are sent together then. */
    private Publisher<Void> content(Call call, int status, ContentReader content) {
        ByteBuf whole = content.takeWhole(ONE_PIECE);
        if (whole == null) {
            return stream(call, content);
        }
        setLength(call.response().responseHeaders(), status, whole.readableBytes());
        call.exchange().sent(whole.readableBytes());
        return call.response().sendObject(whole);
    }

    /** Refuses. */
    public Publisher<Void> refusal(Call call, Plan.Refuse plan) {
        return error(call, plan.status(), refusals.of(plan.detail()));
    }

    /** Answers with an error of the gate's own. */
    public Publisher<Void> error(Call call, int status, CharSequence cacheStatus) {
        byte[] text = error(call.response().responseHeaders(), status, cacheStatus);
        status(call, status);
        if (call.exchange().request().method().equals(HttpMethod.HEAD)) {
            return call.response().send();
        }
        call.exchange().sent(text.length);
        return call.response().sendObject(Unpooled.wrappedBuffer(text));
    }

    /** Writes the fields of an error and tells its content. */
    private static byte[] error(HttpHeaders headers, int status, CharSequence cacheStatus) {
        byte[] text = StatusText.of(status);
        sign(headers, cacheStatus);
        headers.set(CONTENT_TYPE, PLAIN_TEXT);
        headers.set(CONTENT_LENGTH, Decimals.of(text.length));
        return text;
    }

    /** A customer's 304 carries what RFC 9110, section 15.4.5 names; an edge's carries all, to update what it stores. */
    private Fields notModified(ResponseHead head) {
        return towardsCustomers
                ? Validation.notModifiedFields(head)
                : head.fields().without(CONTENT_ONLY);
    }

    private void write(HttpHeaders headers, Fields fields) {
        for (int line = 0; line < fields.size(); line++) {
            String name = fields.name(line);
            if (!towardsCustomers || !InternalFields.is(name)) {
                headers.add(name, fields.value(line));
            }
        }
    }

    private static void sign(HttpHeaders headers, CacheStatus status) {
        sign(headers, status.render());
    }

    private static void sign(HttpHeaders headers, CharSequence status) {
        headers.add(CACHE_STATUS, status);
    }

    private static void setLength(HttpHeaders headers, int status, long length) {
        if (status != 204 && status != 304) {
            headers.set(CONTENT_LENGTH, Decimals.of(length));
        }
    }

    private static String contentRange(Selection.Single range, long length) {
        return "bytes " + range.first() + "-" + range.last() + "/" + length;
    }

    private static Publisher<Void> unsatisfiable(Call call, long length) {
        HttpHeaders headers = call.response().responseHeaders();
        headers.set(CONTENT_RANGE, "bytes */" + length);
        headers.set(CONTENT_LENGTH, "0");
        return bare(call, 416);
    }

    private static Publisher<Void> bare(Call call, int status) {
        status(call, status);
        return call.response().send();
    }

    private static void status(Call call, int status) {
        call.response().status(HttpResponseStatus.valueOf(status));
        call.exchange().status(status);
    }

    private Publisher<Void> stream(Call call, Publisher<ByteBuf> content) {
        ClientConnection connection = ClientConnection.of(call.exchange().request());
        Flux<ByteBuf> counted = Flux.from(content)
                .doOnNext(bytes -> call.exchange().sent(bytes.readableBytes()))
                .onErrorResume(BrokenTransfer.class, broken -> {
                    call.exchange().failed(String.valueOf(broken.getMessage()));
                    connection.abort();
                    return Mono.never();
                });
        return minimumRate.watch(connection, call.response().send(counted));
    }
}
