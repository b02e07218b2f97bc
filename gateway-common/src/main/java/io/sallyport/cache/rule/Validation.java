package io.sallyport.cache.rule;

import io.sallyport.cache.CachePolicy;
import io.sallyport.cache.Freshness;
import io.sallyport.cache.StoredResponse;
import io.sallyport.http.EntityTag;
import io.sallyport.http.Fields;
import io.sallyport.http.HttpDate;
import io.sallyport.http.RequestHead;
import io.sallyport.http.ResponseHead;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Conditional requests of this cache and of its clients (RFC 9111, section 4.3). */
public final class Validation {
    /**
     * Fields of a 304 or HEAD response that never replace stored ones: those that describe the message itself, or the
     * bytes that are stored (RFC 9111, section 3.2).
     */
    private static final Set<String> NOT_UPDATED =
            Set.of("content-digest", "content-encoding", "content-length", "content-md5", "content-range");

    /** Representation metadata, which a 304 does not repeat (RFC 9110, section 15.4.5). */
    private static final Set<String> NOT_IN_304 = Set.of(
            "content-digest",
            "content-encoding",
            "content-language",
            "content-length",
            "content-md5",
            "content-range",
            "content-type",
            "repr-digest");

    private static final Set<String> CONDITIONS =
            Set.of("if-match", "if-none-match", "if-modified-since", "if-unmodified-since");
    private static final Set<String> RANGES = Set.of("range", "if-range");

    private Validation() {}

    /** The finding on a client's precondition. */
    public enum Precondition {
        /** There is none that a cache evaluates. */
        NONE,
        /** It holds: the client gets the representation. */
        HOLDS,
        /** It does not hold: the client gets 304 (Not Modified). */
        NOT_MODIFIED
    }

    /** What a response to HEAD means to a stored response to GET. */
    public enum HeadFinding {
        /** It is the same representation, and its fields update the stored ones. */
        UPDATES,
        /** It is another representation: the stored one is stale. */
        INVALIDATES,
        /** It says nothing of it. */
        NOTHING
    }

    /**
     * The condition fields of a validating request (RFC 9111, section 4.3.1): If-None-Match with every stored entity tag
     * and, where one response is validated, If-Modified-Since with its Last-Modified as it came.
     */
    public static Fields conditions(List<StoredResponse> candidates) {
        Set<String> tags = new LinkedHashSet<>();
        for (StoredResponse candidate : candidates) {
            EntityTag.of(candidate.head().fields()).ifPresent(tag -> tags.add(tag.toString()));
        }
        Fields.Builder conditions = Fields.builder();
        if (!tags.isEmpty()) {
            conditions.add("If-None-Match", String.join(", ", tags));
        }
        if (candidates.size() == 1) {
            StoredResponse only = candidates.getFirst();
            Fields stored = only.head().fields();
            if (FreshnessLifetime.lastModified(stored, only.freshness().responseTime())
                    .isPresent()) {
                stored.first("Last-Modified").ifPresent(value -> conditions.add("If-Modified-Since", value));
            }
        }
        return conditions.build();
    }

    /**
     * The stored response that a 304 to {@link #conditions} of these candidates selects for update (RFC 9111, section
     * 4.3.4): by strong validator, else by weak validator, the most recent one; empty where it selects none.
     *
     * <p>Deviation: the only candidate is selected whatever the 304 says of validators, since the condition that the
     * origin found false names no other; its own validators are kept.
     */
    public static Optional<StoredResponse> selected(ResponseHead notModified, List<StoredResponse> candidates) {
        if (candidates.size() == 1) {
            return Optional.of(candidates.getFirst());
        }
        Optional<EntityTag> tag = EntityTag.of(notModified.fields());
        if (tag.isPresent() && !tag.get().weak()) {
            return mostRecent(
                    candidates,
                    fields -> EntityTag.of(fields)
                            .filter(tag.get()::matchesStrongly)
                            .isPresent());
        }
        if (tag.isPresent()) {
            return mostRecent(
                    candidates,
                    fields -> EntityTag.of(fields)
                            .filter(tag.get()::matchesWeakly)
                            .isPresent());
        }
        Optional<String> modified = notModified.fields().first("Last-Modified");
        return modified.isEmpty()
                ? Optional.empty()
                : mostRecent(candidates, fields -> fields.first("Last-Modified").equals(modified));
    }

    private static Optional<StoredResponse> mostRecent(List<StoredResponse> candidates, Predicate<Fields> matches) {
        StoredResponse selected = null;
        for (StoredResponse candidate : candidates) {
            Instant now = candidate.freshness().responseTime();
            if (matches.test(candidate.head().fields())
                    && (selected == null || VariantSelection.isMoreRecent(candidate, selected, now))) {
                selected = candidate;
            }
        }
        return Optional.ofNullable(selected);
    }

    /**
     * The stored head with the fields of a 304, or of a 200 to HEAD, in place of its own (RFC 9111, section 3.2). Kept are
     * those that describe the stored bytes or another representation; a foreign ETag is kept out. A Set-Cookie only
     * replaces a stored one. The Age of the update stays for {@link #freshness}; a Date that it lacks is not taken over
     * from the stored head, since that would make the response as old as before.
     */
    public static ResponseHead freshenedHead(ResponseHead stored, ResponseHead notModified) {
        Fields update = HopByHop.strip(notModified.fields()).without(NOT_UPDATED);
        Optional<EntityTag> storedTag = EntityTag.of(stored.fields());
        Optional<EntityTag> newTag = EntityTag.of(update);
        boolean foreign =
                storedTag.isEmpty() || newTag.isEmpty() || !storedTag.get().matchesWeakly(newTag.get());
        if (foreign && stored.fields().contains("ETag")) {
            update = update.without(Set.of("etag"));
        }
        if (!stored.fields().contains("Set-Cookie")) {
            update = update.without(Set.of("set-cookie"));
        }
        Set<String> replaced = new HashSet<>(update.names());
        replaced.add("date");
        Fields merged =
                stored.fields().without(replaced).toBuilder().addAll(update).build();
        return stored.withFields(merged.without(CacheControl.of(merged).qualifiedFields()));
    }

    /**
     * Freshens a stored response by a 304 or a 200 to HEAD: everything of it but the body is judged anew. NotStorable means
     * that the stored response must go, however the present request is answered.
     *
     * @param request the validating request
     * @param stored the head of the stored response that the update selects
     */
    public static StoringRule.Storability freshened(
            RequestHead request,
            ResponseHead stored,
            ResponseHead update,
            Instant requestTime,
            Instant responseTime,
            CachePolicy policy) {
        RequestHead get = request.withMethod("GET").withFields(withoutRange(request.fields()));
        return StoringRule.judge(get, freshenedHead(stored, update), requestTime, responseTime, policy);
    }

    /**
     * The freshness of a stored response after a 304, from its merged head and the times of the validation. Where the merged
     * head may no longer be stored, every reuse needs a validation.
     */
    public static Freshness freshness(
            RequestHead request,
            ResponseHead mergedHead,
            Instant requestTime,
            Instant responseTime,
            CachePolicy policy) {
        Freshness freshness = StoringRule.freshness(
                mergedHead, CacheControl.of(mergedHead, policy), requestTime, responseTime, policy);
        return switch (StoringRule.judge(request, mergedHead, requestTime, responseTime, policy)) {
            case StoringRule.Storability.Storable storable -> storable.freshness();
            case StoringRule.Storability.NotStorable(String reason) ->
                reason.equals("stale") || reason.equals("no-cache")
                        ? freshness
                        : new Freshness(
                                freshness.requestTime(),
                                freshness.responseTime(),
                                freshness.correctedInitialAge(),
                                Duration.ZERO,
                                Duration.ZERO,
                                Duration.ZERO,
                                true,
                                true);
        };
    }

    /**
     * Evaluates a client's If-None-Match, or else its If-Modified-Since, against a stored response (RFC 9111, section
     * 4.3.2; RFC 9110, section 13.2). Only a stored 2xx is subject to conditions.
     */
    public static Precondition evaluate(RequestHead client, ResponseHead stored) {
        boolean safe = client.method().equals("GET") || client.isHead();
        if (!safe || stored.status() / 100 != 2) {
            return Precondition.NONE;
        }
        Optional<EntityTag.Condition> noneMatch = EntityTag.condition(client.fields(), "If-None-Match");
        if (noneMatch.isPresent()) {
            boolean matches = switch (noneMatch.get()) {
                case EntityTag.Condition.Any() -> true;
                case EntityTag.Condition.Tags(List<EntityTag> tags) -> {
                    Optional<EntityTag> tag = EntityTag.of(stored.fields());
                    yield tag.isPresent() && tags.stream().anyMatch(tag.get()::matchesWeakly);
                }
            };
            return matches ? Precondition.NOT_MODIFIED : Precondition.HOLDS;
        }
        return modifiedSince(client.fields(), stored.fields());
    }

    private static Precondition modifiedSince(Fields client, Fields stored) {
        List<String> lines = client.values("If-Modified-Since");
        Optional<Instant> since = lines.size() == 1 ? HttpDate.parse(lines.getFirst()) : Optional.empty();
        if (since.isEmpty()) {
            return Precondition.NONE;
        }
        Optional<Instant> modified = stored.first("Last-Modified")
                .flatMap(HttpDate::parse)
                .or(() -> stored.first("Date").flatMap(HttpDate::parse));
        boolean notModified = modified.isPresent() && !modified.get().isAfter(since.get());
        return notModified ? Precondition.NOT_MODIFIED : Precondition.HOLDS;
    }

    /** The stored fields that a 304 from this cache carries: all but representation metadata (RFC 9110, section 15.4.5). */
    public static Fields notModifiedFields(ResponseHead stored) {
        return stored.fields().without(NOT_IN_304);
    }

    /** Request fields without a client's conditions, so that the answer is the whole representation. */
    public static Fields withoutConditions(Fields request) {
        return request.without(CONDITIONS);
    }

    /** Request fields without Range and If-Range. */
    public static Fields withoutRange(Fields request) {
        return request.without(RANGES);
    }

    /**
     * What a response to HEAD says of a stored response to GET (RFC 9111, section 4.3.5): a 200 updates it if all
     * validators and the length that it names are the stored ones, and else makes it stale.
     */
    public static HeadFinding byHead(StoredResponse stored, ResponseHead head) {
        if (head.status() != 200 || stored.head().status() != 200) {
            return HeadFinding.NOTHING;
        }
        Fields theirs = head.fields();
        Fields ours = stored.head().fields();
        boolean same = isAbsentOrEqual("ETag", theirs, ours)
                && isAbsentOrEqual("Last-Modified", theirs, ours)
                && theirs.values("Content-Length").stream()
                        .allMatch(length ->
                                length.equals(Long.toString(stored.body().length())));
        return same ? HeadFinding.UPDATES : HeadFinding.INVALIDATES;
    }

    private static boolean isAbsentOrEqual(String name, Fields theirs, Fields ours) {
        return !theirs.contains(name) || theirs.values(name).equals(ours.values(name));
    }
}
