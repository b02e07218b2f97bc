package io.sallyport.cache.engine;

import io.netty.buffer.ByteBuf;
import io.sallyport.cache.CachePolicy;
import io.sallyport.cache.StoredResponse;
import io.sallyport.cache.VariantKey;
import io.sallyport.cache.rule.ReuseRule;
import io.sallyport.cache.rule.StoringRule;
import io.sallyport.cache.rule.StoringRule.Storability.NotStorable;
import io.sallyport.cache.rule.StoringRule.Storability.Storable;
import io.sallyport.cache.rule.Validation;
import io.sallyport.cache.store.ResponseStore;
import io.sallyport.http.RequestHead;
import io.sallyport.http.ResponseHead;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The one upstream exchange of a key. It belongs to no customer: requests wait for its head, then read its content with
 * cursors of their own, and any of them may leave at any time. Thread-safe.
 */
final class Fill implements Upstream.Sink, ContentReader.Source {
    /*
     * One lock guards the phase, the waiters and every write to the body, so that "nobody is left" and "a new one joins",
     * and "content came" and "the body is freed", are atomic. Readers take no lock: they see the body grow through its
     * published length and the end through a volatile. Answers and wake-ups are handed out, and upstream is called, after
     * the lock is left. How far upstream may run ahead, and what is freed, is for GrowingContent to say.
     */
    private static final long SMALL_ENOUGH_TO_FINISH_BYTES = 1L << 20;
    private static final long SMALL_WINDOW_BYTES = 256 << 10;
    private static final int MAX_CONTINUATIONS = 2;
    private static final Duration HIT_FOR_MISS = Duration.ofMinutes(2);
    private static final UpstreamFailure TOO_MANY =
            new UpstreamFailure(UpstreamFailure.Kind.OVERLOAD, "too many wait for the same");
    private static final UpstreamFailure FELL_BEHIND =
            new UpstreamFailure(UpstreamFailure.Kind.TIMEOUT, "reader too slow for a content that is not kept");

    private enum Phase {
        WAITING,
        STREAMING,
        ENDED
    }

    /**
     * What a fill is to do.
     *
     * @param plan what was asked
     * @param upstreamRequest the request that is sent
     * @param asker the waiter whose request is sent; null in the background, where nobody asked
     */
    record Task(
            Plan.Forward plan,
            RequestHead upstreamRequest,
            @Nullable Waiter asker) {
        boolean background() {
            return asker == null;
        }

        /** Whether upstream was asked with this waiter's request: what may not be shared is for nobody else. */
        boolean isAsker(Waiter waiter) {
            return waiter.equals(asker);
        }

        /** Whether the whole is fetched because somebody asked for a part of it. */
        boolean isForPart() {
            return plan.shared() && plan.candidates().isEmpty() && asksForPart(plan.request());
        }
    }

    /** What all fills of a cache work with. */
    record Means(ResponseStore store, InstantSource clock, FillLimits limits) {}

    /** What a fill needs of the cache that began it. */
    interface Owner {
        /** The fill takes no one else in. */
        void closed(Fill fill);
    }

    private final Object lock = new Object();
    private final Task task;
    private final ResponseStore store;
    private final InstantSource clock;
    private final FillLimits limits;
    private final Owner owner;
    private final Instant requestTime;
    private final long generation;
    private final Freshening freshening;
    private final StoredAnswers answers;
    private final Exchanges exchanges = new Exchanges();
    private final List<Waiter> waiters = new ArrayList<>();

    private Phase phase = Phase.WAITING;
    private boolean joinable;
    private boolean invalidated;
    private @Nullable Received received;
    private volatile @Nullable GrowingContent content;
    private volatile boolean failed;
    private volatile ContentReader.@Nullable Ending ending;

    Fill(Task task, Means means, Owner owner) {
        this.task = task;
        this.store = means.store();
        this.clock = means.clock();
        this.limits = means.limits();
        this.owner = owner;
        this.requestTime = clock.instant();
        this.generation = store.sequence();
        this.freshening = new Freshening(store, task.plan(), requestTime, generation);
        this.answers = new StoredAnswers(task, store, freshening);
    }

    Plan.Forward plan() {
        return task.plan();
    }

    /** Answers all who wait without asking upstream, if the first of them can be answered so. */
    boolean answer(Function<RequestHead, Optional<Answer>> known) {
        List<Runnable> deliveries = new ArrayList<>();
        synchronized (lock) {
            Optional<Answer> first = waiters.isEmpty()
                    ? Optional.empty()
                    : known.apply(waiters.getFirst().request());
            if (first.isEmpty()) {
                return false;
            }
            phase = Phase.ENDED;
            ending = new ContentReader.Ending.Complete();
            for (Waiter waiter : waiters) {
                Answer answer = waiter.equals(waiters.getFirst())
                        ? first.get()
                        : known.apply(waiter.request()).orElse(new Answer.Apart("vary"));
                deliveries.add(() -> waiter.deliver(answer));
            }
            waiters.clear();
        }
        owner.closed(this);
        deliveries.forEach(Runnable::run);
        return true;
    }

    /** Sends the request; called once, by the one who made the fill, after the first waiter has joined. */
    void start(Upstream through) {
        exchanges.begin(through, task.upstreamRequest(), this);
    }

    /** Lets a request in; false when it came too late or its nominated fields do not match. */
    boolean join(Waiter waiter) {
        Answer answer;
        synchronized (lock) {
            if (phase != Phase.ENDED && !store.isCurrent(task.plan().key(), generation)) {
                invalidated = true;
                joinable = false;
                return false;
            }
            if (phase == Phase.WAITING) {
                if (waiters.size() < limits.maxWaiters()) {
                    waiters.add(waiter);
                    if (waiters.size() > 1) {
                        waiter.waitAtMost(limits.waiterTimeout(), this);
                    }
                    return true;
                }
                answer = new Answer.Failed(TOO_MANY);
            } else if (phase == Phase.STREAMING
                    && joinable
                    && content().holdsStart()
                    && received().matches(waiter.request())) {
                answer = answerOf(waiter);
            } else {
                return false;
            }
        }
        waiter.deliver(answer);
        return true;
    }

    /** A waiting request was given up. */
    void leave(Waiter waiter) {
        boolean abandoned;
        synchronized (lock) {
            waiters.remove(waiter);
            abandoned = abandonWhenAlone();
        }
        if (abandoned) {
            stopUpstream();
        }
    }

    /** What is stored under the key from now on is not what this fill brings (RFC 9111, section 4.4). */
    void invalidate() {
        synchronized (lock) {
            invalidated = true;
            joinable = false;
        }
        owner.closed(this);
    }

    @Override
    public void informational(ResponseHead interim) {
        List<Waiter> told;
        synchronized (lock) {
            told = List.copyOf(waiters);
        }
        told.forEach(waiter -> waiter.informational(interim));
    }

    @Override
    public void head(ResponseHead head, boolean shareable) {
        List<Runnable> deliveries;
        boolean superfluous = false;
        failed = head.status() >= 500;
        synchronized (lock) {
            if (phase != Phase.WAITING) {
                return;
            }
            Instant now = clock.instant();
            if (shareable && head.status() == 304 && !task.plan().candidates().isEmpty()) {
                deliveries = answers.validated(head, now, waiters);
                end(new ContentReader.Ending.Complete());
            } else {
                deliveries = shareable && head.status() >= 500
                        ? standIns(ReuseRule.ErrorKind.SERVER_ERROR, now)
                        : new ArrayList<>();
                if (phase == Phase.WAITING) {
                    streaming(head, shareable, now, deliveries);
                }
                superfluous = phase == Phase.ENDED;
            }
            waiters.clear();
        }
        if (!joinable) {
            owner.closed(this);
        }
        completeWhenWhole();
        deliveries.forEach(Runnable::run);
        if (superfluous) {
            stopUpstream();
        }
    }

    /** Answers the waiters that may be answered from the store although upstream failed; ends where nobody is left then. */
    private List<Runnable> standIns(ReuseRule.ErrorKind error, Instant now) {
        if (invalidated) {
            return new ArrayList<>();
        }
        boolean nobody = waiters.isEmpty() && !answers.hasStandIn(error, now);
        List<Runnable> deliveries = answers.standIns(error, now, waiters);
        if (waiters.isEmpty() && !nobody) {
            end(new ContentReader.Ending.Complete());
        }
        return deliveries;
    }

    private void end(ContentReader.Ending how) {
        phase = Phase.ENDED;
        ending = how;
    }

    private void streaming(ResponseHead head, boolean shareable, Instant now, List<Runnable> deliveries) {
        phase = Phase.STREAMING;
        Storable storable = null;
        if (shareable && task.plan().shared() && !task.plan().request().isHead()) {
            RequestHead whole = task.plan()
                    .request()
                    .withFields(Validation.withoutRange(task.plan().request().fields()));
            switch (StoringRule.judge(whole, head, requestTime, now, policy())) {
                case Storable verdict -> storable = verdict;
                case NotStorable verdict -> {
                    if (head.status() < 500 && !(head.status() == 206 && task.isForPart())) {
                        store.mark(task.plan().key(), HIT_FOR_MISS);
                    }
                }
            }
        }
        if (shareable && task.plan().request().isHead()) {
            freshening.byHead(head, now);
        }
        Received came = Received.of(head, storable);
        received = came;
        boolean storing =
                storable != null && came.length().orElse(0) <= maxObjectBytes() && store.hasRoom() && !invalidated;
        // What is not kept is shared only where a slow reader could be given its own way to the rest.
        joinable =
                storable != null && !invalidated && (storing || came.strongTag().isPresent());
        content = new GrowingContent(
                store.newBody(came.length()),
                storing || store.hasRoom() ? limits.windowBytes() : Math.min(limits.windowBytes(), SMALL_WINDOW_BYTES),
                storing);
        for (Waiter waiter : waiters) {
            Answer answer = answerOf(waiter);
            deliveries.add(() -> waiter.deliver(answer));
        }
        if (content().isUnread() && !(storing && (task.background() || worthFinishing()))) {
            // What it brings is not for those who asked, or the one whom it is for has left: nobody wants the content.
            joinable = false;
            end(new ContentReader.Ending.Complete());
            content().body().release();
        }
    }

    private Answer answerOf(Waiter waiter) {
        Received came = received();
        if (!task.isAsker(waiter) && !(joinable && came.matches(waiter.request()))) {
            return new Answer.Apart(joinable ? "vary" : "uncacheable");
        }
        if (task.plan().shared() && asksForPart(waiter.request()) && came.head().status() == 200 && !isCutUp()) {
            return new Answer.Apart("range");
        }
        return attach(waiter, !task.isAsker(waiter));
    }

    private static boolean asksForPart(RequestHead request) {
        return request.fields().contains("range");
    }

    /** Whether those who ask for a part get it from the whole. */
    private boolean isCutUp() {
        OptionalLong length = received().length();
        return content().isKept()
                && length.isPresent()
                && (!task.isForPart() || length.getAsLong() <= policy().rangeFillBytes());
    }

    private Answer attach(Waiter waiter, boolean collapsed) {
        Received came = received();
        return new Answer.Fetched(
                collapsed ? came.sharedHead() : came.head(),
                came.length(),
                content().read(waiter.customer(), this),
                collapsed,
                content().isKept());
    }

    @Override
    public boolean data(ByteBuf bytes) {
        GrowingContent growing;
        List<ContentReader> behind = List.of();
        boolean wanted;
        synchronized (lock) {
            if (phase != Phase.STREAMING) {
                return true;
            }
            growing = content();
            wanted = growing.append(bytes);
            if (growing.isKept() && growing.available() > maxObjectBytes()) {
                growing.keepNoMore();
                joinable = joinable && received().strongTag().isPresent();
            }
            if (!growing.isKept()) {
                behind = growing.trim(joinable);
            }
        }
        behind.forEach(ContentReader::cutOver);
        if (!completeWhenWhole()) {
            growing.wakeReaders();
        }
        return wanted;
    }

    /**
     * Ends a content with its last byte, where its length tells which one that is (RFC 9112, section 6.3): whoever has all of
     * it then finds it stored.
     */
    private boolean completeWhenWhole() {
        synchronized (lock) {
            if (phase != Phase.STREAMING
                    || !received().isWhole(task.plan().request(), content().available())) {
                return false;
            }
        }
        complete();
        return true;
    }

    @Override
    public void complete() {
        GrowingContent whole;
        synchronized (lock) {
            if (phase != Phase.STREAMING) {
                return;
            }
            whole = content();
            if (received().contradicts(task.plan().request(), whole.available())) {
                breakOff(new UpstreamFailure(
                        UpstreamFailure.Kind.DISCONNECT, "content is not as long as Content-Length says"));
            } else {
                whole.body().complete();
                end(new ContentReader.Ending.Complete());
                keep(whole);
                whole.body().release();
            }
        }
        owner.closed(this);
        whole.wakeReaders();
    }

    private void keep(GrowingContent whole) {
        Storable verdict = received().storable();
        if (whole.isKept() && !invalidated && verdict != null) {
            store.put(new StoredResponse(
                    task.plan().key(),
                    verdict.variant(),
                    verdict.head(),
                    verdict.freshness(),
                    verdict.tags(),
                    generation,
                    whole.body()));
        }
    }

    @Override
    public void failed(UpstreamFailure failure) {
        List<Runnable> deliveries = List.of();
        failed = true;
        Optional<Remainder> remainder = Optional.empty();
        synchronized (lock) {
            switch (phase) {
                case WAITING -> {
                    deliveries = standIns(ReuseRule.ErrorKind.DISCONNECT, clock.instant());
                    for (Waiter waiter : waiters) {
                        deliveries.add(() -> waiter.deliver(new Answer.Failed(failure)));
                    }
                    waiters.clear();
                    end(new ContentReader.Ending.Broken(failure));
                }
                case STREAMING -> {
                    remainder = exchanges.continuations() < MAX_CONTINUATIONS
                            ? remainder(content().available())
                            : remainder;
                    if (remainder.isEmpty()) {
                        breakOff(failure);
                    }
                }
                case ENDED -> {
                    return;
                }
            }
        }
        if (remainder.isPresent()) {
            resumeBroken(remainder.get(), failure);
            return;
        }
        owner.closed(this);
        deliveries.forEach(Runnable::run);
        wakeReaders();
    }

    /** What is missing from an offset on, where upstream can be asked for just that. */
    private Optional<Remainder> remainder(long offset) {
        Received came = received();
        RequestHead request = task.upstreamRequest();
        boolean open = came.length().isEmpty() || offset < came.length().getAsLong();
        return open && request.method().equals("GET") && !request.fields().contains("range")
                ? came.strongTag().map(tag -> new Remainder(tag, offset, came.length()))
                : Optional.empty();
    }

    /** Asks for what is missing of a content that broke off; its readers notice nothing but the time it takes. */
    private void resumeBroken(Remainder remainder, UpstreamFailure failure) {
        Upstream.Sink sink = new Continuation(remainder, this, () -> {
            synchronized (lock) {
                if (phase != Phase.STREAMING) {
                    return;
                }
                breakOff(failure);
            }
            stopUpstream();
            wakeReaders();
        });
        exchanges.proceed(remainder.request(task.upstreamRequest()), sink);
    }

    private void breakOff(UpstreamFailure failure) {
        end(new ContentReader.Ending.Broken(failure));
        content().body().release();
    }

    @Override
    public ContentReader.@Nullable Ending ending() {
        return ending;
    }

    @Override
    public void advanced(ContentReader reader) {
        GrowingContent growing = content;
        if (growing == null || growing.isUnmovedByReaders()) {
            return;
        }
        List<ContentReader> behind;
        boolean resumes;
        synchronized (lock) {
            if (phase != Phase.STREAMING) {
                return;
            }
            behind = growing.trim(joinable);
            resumes = growing.resumes();
        }
        behind.forEach(ContentReader::cutOver);
        if (resumes) {
            exchanges.resume();
        }
    }

    @Override
    public void left(ContentReader reader) {
        boolean abandoned;
        boolean resumes;
        synchronized (lock) {
            content().remove(reader);
            abandoned = abandonWhenAlone();
            resumes = !abandoned && phase == Phase.STREAMING && content().resumes();
        }
        if (abandoned) {
            stopUpstream();
        }
        if (resumes) {
            exchanges.resume();
        }
    }

    @Override
    public void detached(ContentReader reader) {
        Optional<Remainder> remainder;
        synchronized (lock) {
            if (phase != Phase.STREAMING || !content().remove(reader)) {
                return;
            }
            remainder = remainder(reader.position());
        }
        Optional<Upstream> through = exchanges.upstream();
        if (remainder.isPresent() && through.isPresent()) {
            Tail.begin(remainder.get(), task.upstreamRequest(), reader, store, through.get());
        } else {
            reader.breakOff(FELL_BEHIND);
        }
        left(reader);
    }

    /** Ends the fill when nobody is left and finishing it is not worth the while; its exchange is then to be stopped. */
    private boolean abandonWhenAlone() {
        if (phase == Phase.ENDED || !waiters.isEmpty() || task.background() || isRead() || worthFinishing()) {
            return false;
        }
        if (phase == Phase.STREAMING) {
            content().body().release();
        }
        phase = Phase.ENDED;
        joinable = false;
        return true;
    }

    private boolean isRead() {
        return content != null && !content.isUnread();
    }

    private boolean worthFinishing() {
        if (phase != Phase.STREAMING
                || !content().isKept()
                || received().length().isEmpty()) {
            return false;
        }
        long there = content().available();
        long missing = received().length().getAsLong() - there;
        return (task.isForPart() && isCutUp()) || missing <= SMALL_ENOUGH_TO_FINISH_BYTES || missing <= there;
    }

    private void stopUpstream() {
        owner.closed(this);
        exchanges.stop();
    }

    /** Whether upstream failed, or answered with a server error. */
    boolean hasFailed() {
        return failed;
    }

    private void wakeReaders() {
        GrowingContent growing = content;
        if (growing != null) {
            growing.wakeReaders();
        }
    }

    private GrowingContent content() {
        GrowingContent present = content;
        if (present == null) {
            throw new IllegalStateException("a streaming fill must have a content");
        }
        return present;
    }

    private Received received() {
        Received present = received;
        if (present == null) {
            throw new IllegalStateException("a streaming fill must have a head");
        }
        return present;
    }

    private long maxObjectBytes() {
        return Math.min(policy().maxObjectBytes(), store.maxObjectBytes());
    }

    private CachePolicy policy() {
        return task.plan().route().policy();
    }

    /** The nominated fields and values of what this fill brings; empty where that may not be stored or is not known yet. */
    Optional<VariantKey> variant() {
        synchronized (lock) {
            return Optional.ofNullable(received).map(Received::storable).map(Storable::variant);
        }
    }
}
