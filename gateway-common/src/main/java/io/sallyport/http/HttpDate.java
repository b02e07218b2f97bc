package io.sallyport.http;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * HTTP-date: its preferred form and the two obsolete ones (RFC 9110, section 5.6.7). Case is ignored and only GMT is a
 * zone, as RFC 9111, section 4.2, tells caches.
 */
public final class HttpDate {
    private static final String[] DAYS = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    private static final String[] MONTHS = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
    };
    private static final String TIME = "(\\d{2}):(\\d{2}):(\\d{2})";
    private static final Pattern IMF_FIXDATE =
            Pattern.compile("[a-z]{3}, (\\d{2}) ([a-z]{3}) (\\d{4}) " + TIME + " gmt", Pattern.CASE_INSENSITIVE);
    private static final Pattern RFC_850 =
            Pattern.compile("[a-z]{6,9}, (\\d{2})-([a-z]{3})-(\\d{2}) " + TIME + " gmt", Pattern.CASE_INSENSITIVE);
    private static final Pattern ASCTIME =
            Pattern.compile("[a-z]{3} ([a-z]{3}) ([ \\d]\\d) " + TIME + " (\\d{4})", Pattern.CASE_INSENSITIVE);
    private static final int LONGEST = 40;

    private HttpDate() {}

    /** The instant of a date in any of the three forms; empty for anything else. Two-digit years refer to today. */
    public static Optional<Instant> parse(String text) {
        return parse(text, InstantSource.system().instant());
    }

    /**
     * The instant of a date in any of the three forms; empty for anything else.
     *
     * @param now what a two-digit year refers to: more than 50 years after it means the century before
     */
    public static Optional<Instant> parse(String text, Instant now) {
        if (text.length() > LONGEST) {
            return Optional.empty();
        }
        try {
            Matcher m = IMF_FIXDATE.matcher(text);
            if (m.matches()) {
                return date(m.group(3), m.group(2), m.group(1), m.group(4), m.group(5), m.group(6));
            }
            m = ASCTIME.matcher(text);
            if (m.matches()) {
                return date(m.group(6), m.group(1), m.group(2).trim(), m.group(3), m.group(4), m.group(5));
            }
            m = RFC_850.matcher(text);
            if (m.matches()) {
                String year = Integer.toString(fourDigitYear(Integer.parseInt(m.group(3)), now));
                return date(year, m.group(2), m.group(1), m.group(4), m.group(5), m.group(6));
            }
        } catch (DateTimeException notOnTheCalendar) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    private static int fourDigitYear(int twoDigits, Instant now) {
        int thisYear = now.atOffset(ZoneOffset.UTC).getYear();
        int year = thisYear - thisYear % 100 + twoDigits;
        return year > thisYear + 50 ? year - 100 : year <= thisYear - 50 ? year + 100 : year;
    }

    private static Optional<Instant> date(
            String year, String month, String day, String hour, String minute, String second) {
        int leapless = Math.min(59, Integer.parseInt(second));
        if (Integer.parseInt(second) > 60) {
            return Optional.empty();
        }
        for (int i = 0; i < MONTHS.length; i++) {
            if (MONTHS[i].equalsIgnoreCase(month)) {
                LocalDateTime minuteStart = LocalDateTime.of(
                        Integer.parseInt(year),
                        i + 1,
                        Integer.parseInt(day),
                        Integer.parseInt(hour),
                        Integer.parseInt(minute));
                return Optional.of(
                        minuteStart.plus(Duration.ofSeconds(leapless)).toInstant(ZoneOffset.UTC));
            }
        }
        return Optional.empty();
    }

    /** The date in the preferred form, cut to seconds; years beyond four digits become the year 9999. */
    public static String format(Instant instant) {
        Instant latest = Instant.parse("9999-12-31T23:59:59Z");
        Instant earliest = Instant.parse("0000-01-01T00:00:00Z");
        Instant inRange = instant.isAfter(latest) ? latest : instant.isBefore(earliest) ? earliest : instant;
        ZonedDateTime t = inRange.atZone(ZoneOffset.UTC);
        return String.format(
                Locale.ROOT,
                "%s, %02d %s %04d %02d:%02d:%02d GMT",
                DAYS[t.getDayOfWeek().getValue() - 1],
                t.getDayOfMonth(),
                MONTHS[t.getMonthValue() - 1],
                t.getYear(),
                t.getHour(),
                t.getMinute(),
                t.getSecond());
    }
}
