package dev.carve.gateway.protect;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code Retry-After}: seconds or any of the three dates of HTTP (RFC 9110, 10.2.3, 5.6.7).
 */
public final class RetryAfter {

    /** No service means more, and sums of it cannot overflow. */
    private static final long MAX_SECONDS = Duration.ofDays(1).toSeconds();

    /** The longest date has 33 characters, "Wednesday, 09-Sep-26 10:00:00 GMT". */
    private static final int LENGTH_MAX = 40;

    private static final List<DateTimeFormatter> DATES =
            List.of(
                    DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ENGLISH)
                            .withResolverStyle(ResolverStyle.STRICT),
                    DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss uuuu", Locale.ENGLISH)
                            .withResolverStyle(ResolverStyle.STRICT));

    private RetryAfter() {}

    /**
     * How long the service asks to be left alone.
     *
     * @param value of the field, without surrounding space
     * @param now the wall clock, for dates
     * @return nanoseconds from 0 (a date that has passed) to one day, or {@link
     *     Backoff#NO_RETRY_AFTER} if it is neither seconds nor a date
     */
    public static long nanos(String value, Instant now) {
        if (value.isEmpty() || value.length() > LENGTH_MAX) {
            return Backoff.NO_RETRY_AFTER;
        }
        char first = value.charAt(0);
        return first >= '0' && first <= '9' ? seconds(value) : date(value, now);
    }

    private static long seconds(String value) {
        long seconds = 0;
        for (int i = 0; i < value.length(); i++) {
            char digit = value.charAt(i);
            if (digit < '0' || digit > '9') {
                return Backoff.NO_RETRY_AFTER;
            }
            seconds = Math.min(MAX_SECONDS, 10 * seconds + digit - '0');
        }
        return Duration.ofSeconds(seconds).toNanos();
    }

    private static long date(String value, Instant now) {
        for (DateTimeFormatter each : DATES) {
            Instant date = parse(value, each);
            if (date != null) {
                return until(date, now);
            }
        }
        // A year of two digits is the one within the fifty years around now.
        int year = now.atOffset(ZoneOffset.UTC).getYear();
        Instant date = parse(value, withShortYear(year - 49));
        return date == null ? Backoff.NO_RETRY_AFTER : until(date, now);
    }

    private static DateTimeFormatter withShortYear(int least) {
        return new DateTimeFormatterBuilder()
                .appendPattern("EEEE, dd-MMM-")
                .appendValueReduced(ChronoField.YEAR, 2, 2, least)
                .appendPattern(" HH:mm:ss 'GMT'")
                .toFormatter(Locale.ENGLISH)
                .withResolverStyle(ResolverStyle.STRICT);
    }

    private static @Nullable Instant parse(String value, DateTimeFormatter form) {
        try {
            return LocalDateTime.parse(value, form).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            return null; // Malformed dates are common enough to be no exception here.
        }
    }

    private static long until(Instant date, Instant now) {
        long seconds = Math.min(MAX_SECONDS, date.getEpochSecond() - now.getEpochSecond());
        return Duration.ofSeconds(Math.max(0, seconds)).toNanos();
    }
}
