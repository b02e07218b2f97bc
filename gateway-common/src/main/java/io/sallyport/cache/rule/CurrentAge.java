package io.sallyport.cache.rule;

import io.sallyport.http.DeltaSeconds;
import io.sallyport.http.FieldParser;
import io.sallyport.http.Fields;
import io.sallyport.http.HttpDate;
import io.sallyport.http.ResponseHead;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** How old a response is (RFC 9111, sections 4.2.3 and 5.1). */
public final class CurrentAge {
    private CurrentAge() {}

    /** corrected_initial_age: the age of a response at the time it was received; never negative. */
    public static Duration correctedInitialAge(ResponseHead response, Instant requestTime, Instant responseTime) {
        Duration apparentAge = apparentAge(response, responseTime);
        Duration correctedAgeValue = ageValue(response.fields()).plus(responseDelay(requestTime, responseTime));
        return apparentAge.compareTo(correctedAgeValue) > 0 ? apparentAge : correctedAgeValue;
    }

    /** apparent_age: the distance of response_time from date_value; zero where Date is absent, invalid or ahead. */
    public static Duration apparentAge(ResponseHead response, Instant responseTime) {
        return dateValue(response.fields(), responseTime)
                .map(date -> notNegative(Duration.between(date, responseTime)))
                .orElse(Duration.ZERO);
    }

    /** response_delay: how long the response head took; a clock that went back counts as no delay. */
    public static Duration responseDelay(Instant requestTime, Instant responseTime) {
        return notNegative(Duration.between(requestTime, responseTime));
    }

    /** date_value: when the response was originated; empty where Date is absent, given twice or invalid. */
    static Optional<Instant> dateValue(Fields fields, Instant now) {
        List<String> lines = fields.values("Date");
        return lines.size() == 1 ? HttpDate.parse(lines.getFirst(), now) : Optional.empty();
    }

    /**
     * age_value: the Age field, zero where it is absent. The first member of a list counts (RFC 9111, section 5.1).
     *
     * <p>Deviation: an Age that is not a number, comes in several lines or repeats a member is not ignored; it is the mark
     * of a message that something mangled on the way, and the greatest age makes the response stale.
     */
    public static Duration ageValue(Fields fields) {
        List<String> lines = fields.values("Age");
        if (lines.isEmpty()) {
            return Duration.ZERO;
        }
        List<String> members = FieldParser.members(lines.getFirst());
        boolean repeated = new HashSet<>(members).size() < members.size();
        if (lines.size() > 1 || members.isEmpty() || repeated) {
            return DeltaSeconds.MAX;
        }
        return DeltaSeconds.parse(members.getFirst()).orElse(DeltaSeconds.MAX);
    }

    /** The value of the Age field of a reused response: its current age in whole seconds (RFC 9111, section 5.1). */
    public static String field(Duration currentAge) {
        return Long.toString(DeltaSeconds.of(currentAge));
    }

    private static Duration notNegative(Duration duration) {
        return duration.isNegative() ? Duration.ZERO : duration;
    }
}
