package io.sallyport.cache.history;

import io.sallyport.http.Fields;
import io.sallyport.http.HttpDate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Makes random histories: few resources, many kinds of responses. In a coarse history lifetimes end in 5 and all other times
 * in 0, so that no age comes near a lifetime and a cache with a running clock judges alike.
 */
final class HistoryMaker {
    static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private static final List<Integer> STATUSES =
            List.of(200, 200, 200, 200, 200, 200, 203, 204, 301, 302, 307, 404, 410, 400, 501, 500, 503, 299);

    private final Random random;
    private final boolean coarse;
    private long now;
    private int contents;

    HistoryMaker(long seed) {
        // Neighbouring seeds begin alike unless they are spread.
        random = new Random(seed * 0x9E3779B97F4A7C15L);
        coarse = random.nextBoolean();
    }

    boolean isCoarse() {
        return coarse;
    }

    List<Step> history() {
        List<Step> steps = new ArrayList<>();
        int length = 4 + random.nextInt(10);
        while (steps.size() < length) {
            if (chance(3)) {
                long seconds = coarse ? 10L * random.nextInt(8) : random.nextInt(80);
                now += seconds;
                steps.add(new Step.Passes(seconds));
            } else {
                steps.add(asks());
            }
        }
        return steps;
    }

    private Step.Asks asks() {
        String method = chance(10) ? "HEAD" : chance(12) ? any("POST", "PUT", "DELETE", "OPTIONS") : "GET";
        Fields.Builder fields = Fields.builder();
        if (chance(4)) {
            fields.add("Accept-Language", any("de", "en", "en, de"));
        }
        if (chance(10)) {
            fields.add("Authorization", "Basic x");
        }
        if (chance(8)) {
            fields.add("If-None-Match", any("\"1\"", "W/\"1\"", "\"2\"", "*", "\"1\", \"2\""));
        } else if (chance(10)) {
            fields.add("If-Modified-Since", HttpDate.format(at(any(-100L, -50L, 0L))));
        }
        if (chance(25)) {
            fields.add("Cache-Control", any("only-if-cached", "no-cache", "max-age=0", "no-store"));
        }
        return new Step.Asks(method, random.nextInt(2), fields.build(), origin());
    }

    private Step.Origin origin() {
        Fields.Builder fields = Fields.builder();
        if (!chance(6)) {
            fields.add("Date", HttpDate.format(at(now - (chance(4) ? 10L * random.nextInt(4) : 0))));
        }
        if (!chance(5)) {
            fields.add("Cache-Control", directives());
        }
        if (chance(15)) {
            fields.add("Cache-Control", directive());
        }
        if (chance(5)) {
            fields.add("Expires", chance(5) ? any("0", "never", "") : HttpDate.format(at(now + lifetime() - 20)));
        }
        if (chance(6)) {
            fields.add("Age", Long.toString(10L * random.nextInt(5)));
        }
        if (chance(2)) {
            fields.add("ETag", any("\"1\"", "\"2\"", "W/\"1\""));
        }
        if (chance(3)) {
            fields.add("Last-Modified", HttpDate.format(at(any(-100L, -50L, now - 10 * lifetime()))));
        }
        if (chance(5)) {
            fields.add("Vary", any("Accept-Language", "accept-language", "*", "Accept-Language, X-None", "X-None"));
        }
        if (chance(20)) {
            fields.add("Set-Cookie", "a=b");
        }
        if (chance(20)) {
            fields.add("Pragma", "no-cache");
        }
        if (chance(20)) {
            fields.add("CDN-Cache-Control", any("max-age=" + lifetime(), "no-store", "private", "max-age=x y", ""));
        }
        int status = STATUSES.get(random.nextInt(STATUSES.size()));
        contents++;
        return new Step.Origin(chance(15), status, fields.build(), status == 204 ? "" : "c" + contents);
    }

    private String directives() {
        String one = directive();
        return switch (random.nextInt(4)) {
            case 0 -> one + ", " + directive();
            case 1 -> one + "," + directive() + " , " + directive();
            default -> one;
        };
    }

    private String directive() {
        return switch (random.nextInt(28)) {
            case 0 -> "public";
            case 1 -> chance(2) ? "private" : "Private";
            case 2 -> "no-store";
            case 3 -> "no-cache";
            case 4 -> "must-revalidate";
            case 5 -> "proxy-revalidate";
            case 6 -> "s-maxage=" + lifetime();
            case 7 -> "max-age=\"" + lifetime() + "\"";
            case 8 -> "stale-while-revalidate=" + 10L * random.nextInt(6);
            case 9 -> "stale-if-error=" + 10L * random.nextInt(6);
            case 10 -> "must-understand";
            case 11 -> "no-cache=\"X-Own\"";
            case 12 -> "private=\"X-Own\"";
            case 13 -> "MAX-AGE=" + lifetime();
            case 14 -> "max-age=" + any("x", "-1", "", "99999999999", "1.5");
            case 15 -> "unknown=\"a, max-age=5\"";
            case 16 -> "max-age=0";
            default -> "max-age=" + lifetime();
        };
    }

    private long lifetime() {
        return coarse ? 5 + 10L * random.nextInt(8) : random.nextInt(80);
    }

    private static Instant at(long seconds) {
        return START.plusSeconds(seconds);
    }

    private boolean chance(int in) {
        return random.nextInt(in) == 0;
    }

    @SafeVarargs
    private <T> T any(T... values) {
        return values[random.nextInt(values.length)];
    }
}
