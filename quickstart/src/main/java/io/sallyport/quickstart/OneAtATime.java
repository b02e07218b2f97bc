package io.sallyport.quickstart;

import java.util.Collection;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.GenericApplicationListener;
import org.springframework.core.ResolvableType;

/** Lets members that start together set up logging, which the whole JVM shares, one after the other. */
final class OneAtATime implements GenericApplicationListener {
    private static final Object LOGGING = new Object();

    private final LoggingApplicationListener delegate;

    private OneAtATime(LoggingApplicationListener delegate) {
        this.delegate = delegate;
    }

    /** Puts itself in the place of the application's own listener. */
    static void setUpLogging(SpringApplication application) {
        Collection<ApplicationListener<?>> listeners = application.getListeners();
        application.setListeners(listeners.stream().map(OneAtATime::of).toList());
    }

    private static ApplicationListener<?> of(ApplicationListener<?> listener) {
        return listener instanceof LoggingApplicationListener logging ? new OneAtATime(logging) : listener;
    }

    @Override
    public void onApplicationEvent(ApplicationEvent event) {
        synchronized (LOGGING) {
            delegate.onApplicationEvent(event);
        }
    }

    @Override
    public boolean supportsEventType(ResolvableType type) {
        return delegate.supportsEventType(type);
    }

    @Override
    public int getOrder() {
        return delegate.getOrder();
    }
}
