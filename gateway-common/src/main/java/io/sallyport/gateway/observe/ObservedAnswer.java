package io.sallyport.gateway.observe;

import io.sallyport.gateway.request.ClientExchange;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Writes an answer and tells the observers of its end, however it ends: once. To be subscribed to once. Every hit has one, so
 * it is publisher, subscriber and subscription in a single object.
 */
public final class ObservedAnswer extends Mono<Void> implements CoreSubscriber<Void>, Subscription {
    private static final AtomicIntegerFieldUpdater<ObservedAnswer> ENDED =
            AtomicIntegerFieldUpdater.newUpdater(ObservedAnswer.class, "ended");

    private final Publisher<Void> answer;
    private final ClientExchange exchange;
    private final Observers observers;
    private @Nullable CoreSubscriber<? super Void> actual;
    private @Nullable Subscription upstream;
    private volatile int ended;

    public ObservedAnswer(Publisher<Void> answer, ClientExchange exchange, Observers observers) {
        this.answer = answer;
        this.exchange = exchange;
        this.observers = observers;
    }

    @Override
    public void subscribe(CoreSubscriber<? super Void> subscriber) {
        if (actual != null) {
            Operators.error(subscriber, new IllegalStateException("an answer is written once"));
            return;
        }
        actual = subscriber;
        answer.subscribe(this);
    }

    private CoreSubscriber<? super Void> actual() {
        CoreSubscriber<? super Void> known = actual;
        if (known == null) {
            throw new IllegalStateException("not subscribed to");
        }
        return known;
    }

    @Override
    public Context currentContext() {
        return actual().currentContext();
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        if (Operators.validate(upstream, subscription)) {
            upstream = subscription;
            actual().onSubscribe(this);
        }
    }

    @Override
    public void onNext(Void never) {}

    @Override
    public void onError(Throwable failure) {
        try {
            actual().onError(failure);
        } finally {
            end();
        }
    }

    @Override
    public void onComplete() {
        try {
            actual().onComplete();
        } finally {
            end();
        }
    }

    @Override
    public void request(long n) {
        Subscription known = upstream;
        if (known != null) {
            known.request(n);
        }
    }

    @Override
    public void cancel() {
        Subscription known = upstream;
        if (known != null) {
            known.cancel();
        }
        end();
    }

    private void end() {
        if (ENDED.compareAndSet(this, 0, 1)) {
            observers.ended(exchange);
        }
    }
}
