package io.sallyport.cache.history;

import io.sallyport.http.Fields;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A cache as RFC 9111 reads, written without a look at the rules: lists, maps and seconds. Where it takes one of the ways
 * that the RFC leaves, it says so by a {@link Choice} and counts it.
 */
final class NaiveCache {
    private static final long DAY = 86_400;
    private static final Pattern DIRECTIVE = Pattern.compile("([^=,\\s]+)(?:=(\"[^\"]*\"|[^,]*))?");
    private static final Set<Integer> HEURISTIC = Set.of(200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501);
    private static final Set<Integer> HEURISTIC_ERRORS = Set.of(404, 405, 410, 414, 501);
    private static final Set<Integer> PROVOKED = Set.of(400, 405, 413, 414, 431, 501);

    private final boolean secure;
    private final Map<Choice, Integer> choices = new EnumMap<>(Choice.class);
    private final Map<Integer, List<Entry>> stored = new HashMap<>();
    private final Map<Integer, Long> markedUntil = new HashMap<>();
    private long now = HistoryMaker.START.getEpochSecond();

    NaiveCache(boolean secure) {
        this.secure = secure;
    }

    /** A stored response with what follows from its directives. */
    private record Entry(
            int status,
            Fields fields,
            String content,
            Map<String, String> varying,
            long received,
            long initialAge,
            double lifetime,
            long whileRevalidate,
            long ifError,
            boolean noCache,
            boolean mustRevalidate) {
        double staleness(long at) {
            return initialAge + at - received - lifetime;
        }

        boolean matches(Fields request) {
            return varying.entrySet().stream()
                    .allMatch(each -> value(each.getKey(), request).equals(each.getValue()));
        }

        Entry withFields(Fields others) {
            return new Entry(
                    status,
                    others,
                    content,
                    varying,
                    received,
                    initialAge,
                    lifetime,
                    whileRevalidate,
                    ifError,
                    noCache,
                    mustRevalidate);
        }

        Entry outdated() {
            return new Entry(status, fields, content, varying, received, initialAge, 0, 0, 0, noCache, mustRevalidate);
        }
    }

    Map<Choice, Integer> choices() {
        return choices;
    }

    void passes(long seconds) {
        now += seconds;
    }

    Outcome asks(Step.Asks ask) {
        if (!ask.method().equals("GET") && !ask.method().equals("HEAD")) {
            return passed(ask);
        }
        Map<String, String> demands = directives(ask.fields().values("Cache-Control"));
        boolean onlyIfCached = demands.containsKey("only-if-cached");
        if (!demands.isEmpty() && !onlyIfCached) {
            chose(Choice.CLIENT_DIRECTIVES_IGNORED);
        }
        Entry selected = selected(ask);
        if (selected == null) {
            return onlyIfCached ? new Outcome(Outcome.Source.ERROR, 504, "") : missed(ask);
        }
        double staleness = selected.staleness(now);
        if (!selected.noCache() && staleness < 0) {
            return served(Outcome.Source.STORE, ask, selected);
        }
        if (!selected.noCache() && selected.whileRevalidate() > 0 && staleness <= selected.whileRevalidate()) {
            validated(ask, selected);
            return served(Outcome.Source.STORE_AND_REFRESH, ask, selected);
        }
        return onlyIfCached ? new Outcome(Outcome.Source.ERROR, 504, "") : validated(ask, selected);
    }

    /** RFC 9111, section 4.4. */
    private Outcome passed(Step.Asks ask) {
        if (ask.origin().fails()) {
            return new Outcome(Outcome.Source.ERROR, 502, "");
        }
        OriginModel.Answered answer = OriginModel.answer(ask.origin(), ask.method(), ask.fields());
        if (!ask.method().equals("OPTIONS") && answer.status() < 400) {
            stored.remove(ask.resource());
            markedUntil.remove(ask.resource());
        }
        return new Outcome(Outcome.Source.ORIGIN, answer.status(), answer.content());
    }

    private List<Entry> entries(Step.Asks ask) {
        return stored.computeIfAbsent(ask.resource(), key -> new ArrayList<>());
    }

    /** RFC 9111, section 4.1 and the last list of section 4; entries are newest first. */
    private @Nullable Entry selected(Step.Asks ask) {
        return selected(ask, each -> true);
    }

    private @Nullable Entry selected(Step.Asks ask, Predicate<Entry> suitable) {
        Entry best = null;
        for (Entry entry : entries(ask)) {
            if (entry.matches(ask.fields())
                    && suitable.test(entry)
                    && (best == null
                            || date(entry) > date(best)
                            || (date(entry) == date(best) && entry.received() > best.received()))) {
                best = entry;
            }
        }
        return best;
    }

    private static long date(Entry entry) {
        return seconds(entry.fields(), "Date", entry.received());
    }

    private Outcome missed(Step.Asks ask) {
        boolean marked = markedUntil.getOrDefault(ask.resource(), 0L) > now;
        boolean head = ask.method().equals("HEAD");
        Fields sent = marked || head ? ask.fields() : unconditional(ask.fields());
        if (ask.origin().fails()) {
            return new Outcome(Outcome.Source.ERROR, 502, "");
        }
        OriginModel.Answered answer = OriginModel.answer(ask.origin(), ask.method(), sent);
        if (head) {
            chose(Choice.HEAD_NOT_STORED);
        } else if (marked) {
            chose(Choice.HIT_FOR_MISS);
        } else {
            return fetched(ask, answer);
        }
        return new Outcome(Outcome.Source.ORIGIN, answer.status(), head ? "" : answer.content());
    }

    /** RFC 9111, section 4.3. */
    private Outcome validated(Step.Asks ask, Entry selected) {
        List<Entry> candidates = List.copyOf(entries(ask));
        Fields.Builder sent = unconditional(ask.fields()).toBuilder();
        List<String> tags = candidates.stream()
                .flatMap(each -> each.fields().first("ETag").stream())
                .distinct()
                .toList();
        if (!tags.isEmpty()) {
            sent.add("If-None-Match", String.join(", ", tags));
        }
        if (candidates.size() == 1) {
            selected.fields().first("Last-Modified").ifPresent(date -> sent.add("If-Modified-Since", date));
        }
        if (ask.origin().fails()) {
            Entry standIn = selected(ask, each -> mayStandIn(each, true));
            return standIn == null
                    ? new Outcome(Outcome.Source.ERROR, 502, "")
                    : served(Outcome.Source.STALE_ON_ERROR, ask, standIn);
        }
        OriginModel.Answered answer = OriginModel.answer(ask.origin(), ask.method(), sent.build());
        if (answer.status() >= 500) {
            Entry standIn = selected(ask, each -> mayStandIn(each, false));
            if (standIn != null) {
                return served(Outcome.Source.STALE_ON_ERROR, ask, standIn);
            }
        }
        if (answer.status() != 304) {
            return fetched(ask, answer);
        }
        Entry confirmed = confirmed(answer, candidates);
        if (confirmed == null) {
            return alone(ask);
        }
        Fields merged = merged(confirmed, answer);
        Entry updated = updated(ask, confirmed, merged);
        if (updated == null) {
            entries(ask).remove(confirmed);
            return served(Outcome.Source.VALIDATED, ask, confirmed.withFields(merged));
        }
        return updated.matches(ask.fields()) ? served(Outcome.Source.VALIDATED, ask, updated) : alone(ask);
    }

    /** What the origin answers to this customer alone; an answer to HEAD speaks of what is stored all the same. */
    private Outcome alone(Step.Asks ask) {
        OriginModel.Answered whole = OriginModel.answer(ask.origin(), ask.method(), ask.fields());
        return ask.method().equals("HEAD")
                ? headed(ask, whole)
                : new Outcome(Outcome.Source.ORIGIN, whole.status(), whole.content());
    }

    /** RFC 9111, section 4.2.4, and RFC 5861, section 4. */
    private boolean mayStandIn(Entry entry, boolean disconnected) {
        return !entry.noCache()
                && (entry.staleness(now) < 0
                        || isWithin(entry, entry.ifError())
                        || (disconnected && !entry.mustRevalidate() && isWithin(entry, DAY)));
    }

    private boolean isWithin(Entry entry, long allowance) {
        return allowance > 0 && entry.staleness(now) <= allowance;
    }

    /** RFC 9111, section 4.3.4. */
    private @Nullable Entry confirmed(OriginModel.Answered answer, List<Entry> candidates) {
        String tag = answer.fields().first("ETag").orElse("");
        if (candidates.size() == 1) {
            String own = candidates.getFirst().fields().first("ETag").orElse("");
            if (!own.equals(tag)) {
                chose(Choice.ONLY_CANDIDATE_CONFIRMED);
            }
            return candidates.getFirst();
        }
        String name = tag.isEmpty() ? "Last-Modified" : "ETag";
        Entry best = null;
        for (Entry each : candidates) {
            String own = each.fields().first(name).orElse("none");
            String theirs = answer.fields().first(name).orElse("nothing");
            boolean equal = theirs.startsWith("W/") ? opaque(own).equals(opaque(theirs)) : own.equals(theirs);
            if (equal
                    && (best == null
                            || date(each) > date(best)
                            || (date(each) == date(best) && each.received() > best.received()))) {
                best = each;
            }
        }
        return best;
    }

    /** RFC 9111, section 3.2. */
    private Fields merged(Entry old, OriginModel.Answered answer) {
        Fields update = answer.fields();
        if (!update.contains("Date")) {
            update = update.with("Date", text(now));
        }
        if (old.fields().contains("ETag")
                && !opaque(old.fields().first("ETag").orElse(""))
                        .equals(opaque(update.first("ETag").orElse("")))) {
            chose(Choice.FOREIGN_ETAG_KEPT_OUT);
            update = update.without(Set.of("etag"));
        }
        if (!old.fields().contains("Set-Cookie") && update.contains("Set-Cookie")) {
            chose(Choice.SET_COOKIE_KEPT_OUT);
            update = update.without(Set.of("set-cookie"));
        }
        return old.fields().without(Set.copyOf(update.names())).toBuilder()
                .addAll(update)
                .build();
    }

    private @Nullable Entry updated(Step.Asks ask, Entry old, Fields merged) {
        Entry fresh = storable(ask, old.status(), merged, old.content());
        if (fresh != null) {
            entries(ask).remove(old);
            put(ask, fresh);
        }
        return fresh;
    }

    private static String opaque(String tag) {
        return tag.startsWith("W/") ? tag.substring(2) : tag;
    }

    private Outcome fetched(Step.Asks ask, OriginModel.Answered answer) {
        if (ask.method().equals("HEAD")) {
            return headed(ask, answer);
        }
        Entry entry = storable(ask, answer.status(), answer.fields(), answer.content());
        if (entry == null) {
            if (answer.status() < 500) {
                markedUntil.put(ask.resource(), now + 120);
            }
            return new Outcome(Outcome.Source.ORIGIN, answer.status(), answer.content());
        }
        put(ask, entry);
        return served(Outcome.Source.ORIGIN, ask, entry.withFields(answer.fields()));
    }

    private Outcome headed(Step.Asks ask, OriginModel.Answered answer) {
        chose(Choice.HEAD_NOT_STORED);
        Entry same = selected(ask);
        if (same != null && answer.status() == 200 && same.status() == 200) {
            byHead(ask, same, answer);
        }
        return new Outcome(Outcome.Source.ORIGIN, answer.status(), "");
    }

    /** RFC 9111, section 4.3.5. */
    private void byHead(Step.Asks ask, Entry same, OriginModel.Answered answer) {
        boolean agrees = ask.origin().content().length() == same.content().length();
        for (String name : List.of("ETag", "Last-Modified")) {
            agrees &= !answer.fields().contains(name)
                    || answer.fields().first(name).equals(same.fields().first(name));
        }
        if (!agrees) {
            entries(ask).remove(same);
            entries(ask).addFirst(same.outdated());
            markedUntil.remove(ask.resource());
        } else if (updated(ask, same, merged(same, answer)) == null) {
            entries(ask).remove(same);
        }
    }

    private void put(Step.Asks ask, Entry entry) {
        entries(ask).removeIf(each -> each.varying().equals(entry.varying()));
        entries(ask).addFirst(entry);
        markedUntil.remove(ask.resource());
    }

    /** RFC 9111, section 4.3.2. */
    private static Outcome served(Outcome.Source source, Step.Asks ask, Entry entry) {
        boolean notModified = false;
        if (entry.status() / 100 == 2) {
            String noneMatch = ask.fields().first("If-None-Match").orElse("");
            if (!noneMatch.isEmpty()) {
                String tag = entry.fields().first("ETag").orElse("none");
                notModified = noneMatch.equals("*")
                        || Arrays.stream(noneMatch.split(", ", -1))
                                .anyMatch(each -> opaque(each).equals(opaque(tag)));
            } else if (ask.fields().contains("If-Modified-Since")) {
                long modified =
                        seconds(entry.fields(), "Last-Modified", seconds(entry.fields(), "Date", Long.MAX_VALUE));
                notModified = modified <= seconds(ask.fields(), "If-Modified-Since", 0);
            }
        }
        return new Outcome(source, notModified ? 304 : entry.status(), entry.content());
    }

    /** RFC 9111, sections 3 and 4.2. */
    private @Nullable Entry storable(Step.Asks ask, int status, Fields answer, String content) {
        String targeted = answer.first("CDN-Cache-Control").orElse("");
        boolean isTargeted = !targeted.isEmpty() && !targeted.contains("x y");
        Map<String, String> control = directives(isTargeted ? List.of(targeted) : answer.values("Cache-Control"));
        boolean mustUnderstand = control.containsKey("must-understand");
        boolean explicit = control.containsKey("s-maxage")
                || control.containsKey("max-age")
                || (!isTargeted && answer.contains("Expires"));
        boolean heuristic = HEURISTIC.contains(status);
        if (secure && HEURISTIC_ERRORS.contains(status)) {
            chose(Choice.NO_HEURISTIC_FOR_ERRORS);
            heuristic = false;
        }
        if ((mustUnderstand ? status == 299 : control.containsKey("no-store"))
                || "".equals(control.get("private"))
                || (ask.fields().contains("Authorization")
                        && !control.containsKey("public")
                        && !control.containsKey("s-maxage")
                        && !control.containsKey("must-revalidate"))
                || (!explicit && !heuristic && !control.containsKey("public"))
                || answer.values("Vary").contains("*")) {
            return null;
        }
        if (secure && answer.contains("Set-Cookie")) {
            chose(Choice.SET_COOKIE_NOT_STORED);
            return null;
        }
        Fields fields = answer.contains("Date") ? answer : answer.with("Date", text(now));
        long date = seconds(fields, "Date", now);
        long age = answer.first("Age").map(Long::parseLong).orElse(0L);
        long initialAge = Math.max(Math.max(0, now - date), age);
        double lifetime;
        if (control.containsKey("s-maxage")) {
            lifetime = delta(control, "s-maxage");
        } else if (control.containsKey("max-age")) {
            lifetime = delta(control, "max-age");
        } else if (explicit) {
            lifetime = Math.max(0, seconds(answer, "Expires", 0) - date);
        } else if (answer.contains("Pragma")) {
            chose(Choice.PRAGMA_FORBIDS_HEURISTIC);
            lifetime = 0;
        } else {
            lifetime = Math.min(DAY, Math.max(0, (date - seconds(answer, "Last-Modified", date)) / 10.0));
        }
        boolean noCache = "".equals(control.get("no-cache"));
        boolean provoked = secure && PROVOKED.contains(status);
        if (provoked && lifetime > 10) {
            chose(Choice.ERROR_CAPPED);
            lifetime = 10;
        }
        boolean forbidden = noCache
                || provoked
                || control.containsKey("must-revalidate")
                || control.containsKey("proxy-revalidate");
        long whileRevalidate = forbidden ? 0 : delta(control, "stale-while-revalidate");
        long ifError = forbidden ? 0 : delta(control, "stale-if-error");
        if (control.containsKey("s-maxage") && whileRevalidate + ifError > 0) {
            chose(Choice.STALE_BESIDE_S_MAXAGE);
        }
        boolean validator = answer.contains("ETag") || answer.contains("Last-Modified");
        if (!validator && (noCache || (lifetime <= initialAge && whileRevalidate + ifError == 0))) {
            chose(Choice.NOT_WORTH_STORING);
            return null;
        }
        return new Entry(
                status,
                fields.without(Set.of("age")),
                content,
                varying(answer, ask.fields()),
                now,
                initialAge,
                lifetime,
                Math.min(DAY, whileRevalidate),
                Math.min(DAY, ifError),
                noCache,
                forbidden || control.containsKey("s-maxage"));
    }

    private static Map<String, String> varying(Fields answer, Fields request) {
        Map<String, String> varying = new TreeMap<>();
        for (String line : answer.values("Vary")) {
            for (String name : line.toLowerCase(Locale.ROOT).split(", *", -1)) {
                varying.put(name, value(name, request));
            }
        }
        return varying;
    }

    private static String value(String name, Fields request) {
        return request.first(name)
                .map(value -> String.join(
                        ",", Arrays.stream(value.split(", *", -1)).sorted().toList()))
                .orElse("(absent)");
    }

    private void chose(Choice choice) {
        choices.merge(choice, 1, Integer::sum);
    }

    private static Fields unconditional(Fields fields) {
        return fields.without(Set.of("if-none-match", "if-modified-since"));
    }

    /** Directives with unquoted arguments, "" where there is none; of equal ones the first, but without field names counts. */
    private static Map<String, String> directives(List<String> lines) {
        Map<String, String> directives = new LinkedHashMap<>();
        Matcher each = DIRECTIVE.matcher(String.join(", ", lines));
        while (each.find()) {
            String name = each.group(1).toLowerCase(Locale.ROOT);
            String argument = each.group(2) == null ? "" : each.group(2).strip().replace("\"", "");
            boolean whole = argument.isEmpty() && (name.equals("private") || name.equals("no-cache"));
            if (whole) {
                directives.put(name, argument);
            } else {
                directives.putIfAbsent(name, argument);
            }
        }
        return directives;
    }

    private static long delta(Map<String, String> control, String name) {
        String argument = control.getOrDefault(name, "");
        if (!argument.matches("[0-9]+")) {
            return 0;
        }
        return argument.length() > 10 ? 1L << 31 : Long.parseLong(argument);
    }

    private static long seconds(Fields fields, String name, long otherwise) {
        String value = fields.first(name).orElse("");
        if (value.isEmpty() && !fields.contains(name)) {
            return otherwise;
        }
        try {
            return ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toEpochSecond();
        } catch (DateTimeException malformed) {
            return 0;
        }
    }

    private static String text(long seconds) {
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(
                Instant.ofEpochSecond(seconds).atZone(java.time.ZoneOffset.UTC));
    }
}
