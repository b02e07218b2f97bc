package io.sallyport.cache.engine;

import io.sallyport.http.RequestHead;
import io.sallyport.http.ResponseHead;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;

/** A request that waits for the head of a fill. Everything that it is told happens on its customer's event loop. */
final class Waiter {
    private static final UpstreamFailure TOO_LONG =
            new UpstreamFailure(UpstreamFailure.Kind.TIMEOUT, "no response in time for those who wait");

    private final RequestHead request;
    private final Customer customer;
    private final Consumer<Answer> taker;
    private final Consumer<Answer> discarder;
    /** Whether the request was answered, or has been given up. */
    private final AtomicBoolean over = new AtomicBoolean();

    private volatile @Nullable Disposable deadline;

    Waiter(RequestHead request, Customer customer, Consumer<Answer> taker, Consumer<Answer> discarder) {
        this.request = request;
        this.customer = customer;
        this.taker = taker;
        this.discarder = discarder;
    }

    RequestHead request() {
        return request;
    }

    Customer customer() {
        return customer;
    }

    /** Answers the request with a time-out after a time, and has it leave the fill. */
    void waitAtMost(Duration time, Fill fill) {
        Disposable started = Schedulers.parallel()
                .schedule(
                        () -> {
                            fill.leave(this);
                            deliver(new Answer.Failed(TOO_LONG));
                        },
                        time.toMillis(),
                        TimeUnit.MILLISECONDS);
        deadline = started;
        if (over.get()) {
            started.dispose();
        }
    }

    void informational(ResponseHead head) {
        customer.outlet().execute(() -> {
            if (!over.get()) {
                customer.informational().accept(head);
            }
        });
    }

    /** Hands the answer over, or gives back what it holds when the request has been answered or given up. */
    void deliver(Answer answer) {
        customer.outlet().execute(() -> (end() ? taker : discarder).accept(answer));
    }

    /** The request has been given up. */
    void leave() {
        end();
    }

    private boolean end() {
        boolean first = over.compareAndSet(false, true);
        Disposable running = deadline;
        if (first && running != null) {
            running.dispose();
        }
        return first;
    }
}
