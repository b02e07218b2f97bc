package io.sallyport.cache.rule;

import io.sallyport.http.DeltaSeconds;
import io.sallyport.http.FieldParser;
import io.sallyport.http.Fields;
import io.sallyport.http.HttpDate;
import io.sallyport.http.ResponseHead;
import java.time.Duration;
import java.time.Instant;
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
     * age_value: the Age field, zero where it is absent or invalid. Of a list, in one line or several, the first member
     * counts (RFC 9111, section 5.1).
     */
    public static Duration ageValue(Fields fields) {
        return fields.first("Age")
                .map(FieldParser::members)
                .filter(members -> !members.isEmpty())
                .flatMap(members -> DeltaSeconds.parse(members.getFirst()))
                .orElse(Duration.ZERO);
    }

    /** The value of the Age field of a reused response: its current age in whole seconds (RFC 9111, section 5.1). */
    public static String field(Duration currentAge) {
        return Long.toString(DeltaSeconds.of(currentAge));
    }

    private static Duration notNegative(Duration duration) {
        return duration.isNegative() ? Duration.ZERO : duration;
    }
}
