package io.sallyport.gateway.management;

import io.sallyport.cache.CacheKey;
import io.sallyport.cache.CachePolicy.QueryPolicy;
import io.sallyport.cache.Freshness;
import io.sallyport.cache.StoredResponse;
import io.sallyport.cache.VariantKey.Nominated;
import io.sallyport.cache.engine.Explanation;
import io.sallyport.cache.engine.NotStored;
import io.sallyport.cache.engine.Plan;
import io.sallyport.cache.rule.LifetimeSource;
import io.sallyport.cache.rule.ReuseRule.Reuse;
import io.sallyport.gateway.route.RouteTable;
import io.sallyport.http.Fields;
import io.sallyport.http.RequestHead;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What {@link ExplainEndpoint} answers. Durations are whole seconds. Values of the fields that hold credentials are never
 * in it.
 *
 * @param tier which gate this is
 * @param method the method of the request
 * @param url its target URI as the gate reads it
 * @param route the route that takes it
 * @param decision what the gate would do
 * @param key the primary key; null without a cached route
 * @param query what the route's query policy does; null without a cached route
 * @param variants the stored responses of the key
 * @param hitForMiss whether a hit-for-miss marker stands
 * @param fillInFlight whether a fetch of the key is running
 * @param lastNotStored why the last answer of the key was not stored
 */
record ExplainReport(
        String tier,
        String method,
        String url,
        @Nullable TakenRoute route,
        Decision decision,
        @Nullable CacheKey key,
        @Nullable QueryEffect query,
        @Nullable List<Variant> variants,
        @Nullable Boolean hitForMiss,
        @Nullable Boolean fillInFlight,
        @Nullable NotStored lastNotStored) {
    private static final Set<String> SECRET = Set.of("authorization", "proxy-authorization", "cookie", "set-cookie");
    private static final List<String> TOLD = List.of(
            "Date",
            "Cache-Control",
            "Expires",
            "Pragma",
            "Vary",
            "ETag",
            "Last-Modified",
            "Content-Type",
            "Content-Encoding");

    /** The route: its id, whether it is cached, and why. */
    record TakenRoute(@Nullable String id, boolean cached, String why) {}

    /**
     * What the gate would do.
     *
     * @param action serve, serve-and-revalidate, forward, pass or refuse
     * @param why the reason; of a forward in the words of RFC 9211, section 2.2
     * @param shared of a forward: whether others may join it and the answer may be stored
     */
    record Decision(String action, String why, @Nullable Boolean shared) {}

    /** The policy as configured, the query as it came and as it enters key and forwarded URL. */
    record QueryEffect(
            String policy, @Nullable String came, @Nullable String keyed) {}

    /**
     * One stored response.
     *
     * @param endedEarly whether a soft purge, or an answer to HEAD that told of another representation, ended its lifetime
     */
    record Variant(
            List<Nominated> nominated,
            boolean matches,
            boolean selected,
            Reusable reuse,
            int status,
            long bytes,
            Map<String, String> fields,
            FreshnessSum freshness,
            Set<String> tags,
            long generation,
            boolean endedEarly) {}

    /**
     * Whether a stored response may answer.
     *
     * @param now whether it may without asking upstream first
     * @param why the reason
     * @param whenDisconnected whether it may where upstream cannot be reached
     * @param onServerError whether it may in place of a 5xx
     */
    record Reusable(boolean now, String why, boolean whenDisconnected, boolean onServerError) {}

    /** How RFC 9111, section 4.2, comes out. */
    record FreshnessSum(
            Instant requestTime,
            Instant responseTime,
            long lifetime,
            LifetimeSource lifetimeFrom,
            long correctedInitialAge,
            long residentTime,
            long currentAge,
            long left,
            Instant freshUntil,
            boolean noCache,
            boolean mustRevalidate,
            @Nullable Allowance staleWhileRevalidate,
            @Nullable Allowance staleIfError) {}

    /** So many seconds beyond the lifetime, and until when. */
    record Allowance(long seconds, Instant until) {}

    static ExplainReport of(String tier, RequestHead head, Decision decision) {
        return new ExplainReport(
                tier, head.method(), head.targetUri(), null, decision, null, null, null, null, null, null);
    }

    static ExplainReport of(String tier, RequestHead head, RouteTable.Choice choice, Decision decision) {
        TakenRoute route = new TakenRoute(choice.id(), choice.cached() != null, choice.why());
        return new ExplainReport(
                tier, head.method(), head.targetUri(), route, decision, null, null, null, null, null, null);
    }

    static ExplainReport of(String tier, RequestHead head, RouteTable.Choice choice, Explanation explanation) {
        QueryPolicy policy = choice.cached() == null
                ? new QueryPolicy.AsIs()
                : choice.cached().policy().query();
        return new ExplainReport(
                tier,
                head.method(),
                head.targetUri(),
                new TakenRoute(choice.id(), true, choice.why()),
                decision(explanation.plan()),
                explanation.key(),
                new QueryEffect(text(policy), head.query(), explanation.key().query()),
                explanation.variants().stream()
                        .map(variant -> variant(variant, explanation.now()))
                        .toList(),
                explanation.marked(),
                explanation.inFlight(),
                explanation.notStored().orElse(null));
    }

    private static Decision decision(Plan plan) {
        return switch (plan) {
            case Plan.Serve serve -> new Decision("serve", "the selected response may be reused", null);
            case Plan.ServeAndRevalidate stale -> new Decision("serve-and-revalidate", "stale-while-revalidate", null);
            case Plan.Forward forward -> new Decision("forward", forward.reason(), forward.shared());
            case Plan.Pass pass -> new Decision("pass", pass.reason(), null);
            case Plan.Refuse(int status, String detail) -> new Decision("refuse", status + ": " + detail, null);
        };
    }

    private static String text(QueryPolicy policy) {
        return switch (policy) {
            case QueryPolicy.AsIs() -> "as-is";
            case QueryPolicy.Sorted() -> "sorted";
            case QueryPolicy.Only(Set<String> names) -> "only:" + String.join(",", new TreeSet<>(names));
            case QueryPolicy.Except(Set<String> names) -> "except:" + String.join(",", new TreeSet<>(names));
        };
    }

    private static Variant variant(Explanation.Variant variant, Instant now) {
        StoredResponse response = variant.response();
        return new Variant(
                response.variant().nominated().stream()
                        .map(ExplainReport::withoutSecret)
                        .toList(),
                variant.matches(),
                variant.selected(),
                reusable(variant),
                response.head().status(),
                response.body().length(),
                told(response.head().fields(), variant.source()),
                sum(response.freshness(), variant.source(), now),
                new TreeSet<>(response.tags()),
                response.generation(),
                variant.endedEarly());
    }

    private static Nominated withoutSecret(Nominated nominated) {
        return nominated.value() != null && SECRET.contains(nominated.name())
                ? new Nominated(nominated.name(), "(not shown)")
                : nominated;
    }

    private static Reusable reusable(Explanation.Variant variant) {
        boolean matches = variant.matches();
        boolean now = matches && !(variant.reuse() instanceof Reuse.Validate);
        String why = matches ? why(variant) : "its nominated fields differ from those of the request";
        return new Reusable(now, why, matches && variant.onDisconnect(), matches && variant.onServerError());
    }

    private static String why(Explanation.Variant variant) {
        return switch (variant.reuse()) {
            case Reuse.Fresh(Duration age, Duration ttl)
            when ttl.isPositive() -> "fresh for another " + ttl.toSeconds() + " s";
            case Reuse.Fresh(Duration age, Duration ttl) ->
                "stale for " + ttl.negated().toSeconds() + " s, which the client takes (max-stale)";
            case Reuse.StaleWhileRevalidate(Duration age, Duration ttl) ->
                "stale for " + ttl.negated().toSeconds() + " s, within stale-while-revalidate";
            case Reuse.Validate validate
            when validate.fwdReason().equals("request") -> "the directives of the client demand a validation";
            case Reuse.Validate validate
            when variant.response().freshness().noCache() -> "no-cache: every reuse needs a validation";
            case Reuse.Validate validate ->
                "stale for " + validate.ttl().negated().toSeconds() + " s";
        };
    }

    /** The fields that decide about reuse; of none that holds credentials is there a value. */
    private static Map<String, String> told(Fields fields, LifetimeSource source) {
        Map<String, String> told = new LinkedHashMap<>();
        for (String name : TOLD) {
            fields.combined(name).ifPresent(value -> told.put(name, value));
        }
        if (!source.field().isEmpty()) {
            fields.combined(source.field()).ifPresent(value -> told.put(source.field(), value));
        }
        return told;
    }

    private static FreshnessSum sum(Freshness freshness, LifetimeSource source, Instant now) {
        Duration age = freshness.currentAge(now);
        Instant until = freshness.responseTime().plus(freshness.lifetime()).minus(freshness.correctedInitialAge());
        return new FreshnessSum(
                freshness.requestTime(),
                freshness.responseTime(),
                freshness.lifetime().toSeconds(),
                source,
                freshness.correctedInitialAge().toSeconds(),
                age.minus(freshness.correctedInitialAge()).toSeconds(),
                age.toSeconds(),
                freshness.lifetime().minus(age).toSeconds(),
                until,
                freshness.noCache(),
                freshness.mustRevalidate(),
                allowance(freshness.staleWhileRevalidate(), until),
                allowance(freshness.staleIfError(), until));
    }

    private static @Nullable Allowance allowance(Duration beyond, Instant freshUntil) {
        return beyond.isZero() ? null : new Allowance(beyond.toSeconds(), freshUntil.plus(beyond));
    }
}
