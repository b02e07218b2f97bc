package io.sallyport.pki.api;

import io.sallyport.pki.api.Place.Access;
import io.sallyport.pki.authority.Caller;
import io.sallyport.pki.authority.CallerJudge;
import io.sallyport.pki.authority.CallerRefusedException;
import io.sallyport.pki.authority.RenewalDesk;
import io.sallyport.pki.listener.Listener;
import io.sallyport.pki.policy.Refusal.Cause;
import io.sallyport.pki.policy.RefusedException;
import java.security.cert.X509Certificate;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.SslInfo;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Lets each path be called on its own listener only, and by those only who may. A certificate is judged against the
 * ledger for each request: it may have been revoked since the handshake. Public paths need no ledger.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 100)
final class CallerFilter implements WebFilter {
    /** The attribute that holds the {@link Caller}. */
    static final String CALLER = "sallyport.pki.caller";

    private static final Set<HttpMethod> READS = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private final CallerJudge judge;
    private final RenewalDesk renewals;
    private final Scheduler scheduler;

    CallerFilter(CallerJudge judge, RenewalDesk renewals, @Qualifier("pkiJudgement") ExecutorService judgement) {
        this.judge = judge;
        this.renewals = renewals;
        this.scheduler = Schedulers.fromExecutorService(judgement);
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        return Mono.deferContextual(context -> {
            Listener listener = context.getOrDefault(Listener.class, null);
            Place place = Place.of(
                    listener,
                    exchange.getRequest().getMethod(),
                    exchange.getRequest().getPath().pathWithinApplication());
            if (listener == null && place.access() == Access.MANAGEMENT) {
                return chain.filter(exchange);
            }
            if (place.listener() != listener) {
                return Mono.error(new RefusedException(Cause.NOT_FOUND, "there is nothing here"));
            }
            if (place.access() == Access.ADMIN && isFromElsewhere(exchange.getRequest())) {
                return Mono.error(
                        new RefusedException(Cause.FORBIDDEN, "a web page of another origin may not do this"));
            }
            if (place.access() == Access.PUBLIC) {
                return chain.filter(exchange);
            }
            return Mono.fromCallable(() -> caller(exchange, place.access()))
                    .subscribeOn(scheduler)
                    .flatMap(caller -> {
                        exchange.getAttributes().put(CALLER, caller);
                        return chain.filter(exchange);
                    });
        });
    }

    /** A browser shows an admin's certificate to this listener whatever page asks: only the console's own may write. */
    private static boolean isFromElsewhere(ServerHttpRequest request) {
        if (READS.contains(request.getMethod())) {
            return false;
        }
        String host = request.getHeaders().getFirst(HttpHeaders.HOST);
        String site = request.getHeaders().getFirst("Sec-Fetch-Site");
        return request.getHeaders().getOrEmpty(HttpHeaders.ORIGIN).stream()
                        .anyMatch(origin -> !origin.equalsIgnoreCase("https://" + host))
                || (site != null && !site.equals("same-origin"));
    }

    private Caller caller(ServerWebExchange exchange, Access access) {
        SslInfo ssl = exchange.getRequest().getSslInfo();
        X509Certificate[] chain = ssl == null ? null : ssl.getPeerCertificates();
        if (chain == null || chain.length == 0) {
            throw new RefusedException(Cause.CERTIFICATE_REQUIRED, "a client certificate is needed");
        }
        Caller caller;
        try {
            caller = judge.recorded(chain[0]);
        } catch (CallerRefusedException e) {
            throw new RefusedException(Cause.CERTIFICATE_REQUIRED, String.valueOf(e.getMessage()));
        }
        Listener listener = access == Access.ADMIN ? Listener.ADMIN : Listener.NODE;
        if (!listener.welcomes(caller.role())) {
            throw new RefusedException(
                    Cause.FORBIDDEN, "the role " + caller.role().word() + " may not do this");
        }
        renewals.inUse(caller);
        return caller;
    }
}
