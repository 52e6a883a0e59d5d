package dev.carve.load;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads the command line's words into what a {@link LoadPlan} holds. Every function takes the name
 * of the option for its message and throws {@link IllegalArgumentException} whose message names
 * option, value and what was expected. Any thread.
 */
public final class LoadOptions {

    private static final String RATE_EXPECTED =
            "a rate a second such as 20, a ramp such as 10..80, or stretches such as"
                    + " 10..80@30s,80@60s";
    private static final String DURATION_EXPECTED = "a duration such as 250ms, 10s, 1m30s or 2h";

    private LoadOptions() {}

    /**
     * {@code 250us}, {@code 250ms}, {@code 1.5s}, {@code 1m30s}, {@code 2h}; more than 0, at most a
     * day.
     */
    public static Duration duration(String option, String text) {
        long nanos = 0;
        int at = 0;
        if (text.isEmpty()) {
            throw invalid(option, text, "is empty", DURATION_EXPECTED);
        }
        while (at < text.length()) {
            int unitAt = at;
            while (unitAt < text.length()
                    && (isDigit(text.charAt(unitAt)) || text.charAt(unitAt) == '.')) {
                unitAt++;
            }
            int end = unitAt;
            while (end < text.length() && Character.isLetter(text.charAt(end))) {
                end++;
            }
            if (unitAt == at || unitAt - at > 12) {
                throw invalid(option, text, "is no duration", DURATION_EXPECTED);
            }
            if (end == unitAt) {
                throw invalid(option, text, "has no unit", DURATION_EXPECTED);
            }
            long unit =
                    switch (text.substring(unitAt, end)) {
                        case "us" -> 1_000L;
                        case "ms" -> 1_000_000L;
                        case "s" -> 1_000_000_000L;
                        case "m" -> 60_000_000_000L;
                        case "h" -> 3_600_000_000_000L;
                        default ->
                                throw invalid(option, text, "has no known unit", DURATION_EXPECTED);
                    };
            try {
                BigDecimal amount = new BigDecimal(text.substring(at, unitAt));
                nanos =
                        Math.addExact(
                                nanos, amount.multiply(BigDecimal.valueOf(unit)).longValueExact());
            } catch (NumberFormatException | ArithmeticException notANumber) {
                throw invalid(option, text, "is no duration", DURATION_EXPECTED);
            }
            at = end;
        }
        if (nanos <= 0 || nanos > Duration.ofDays(1).toNanos()) {
            throw invalid(option, text, "is out of range", "more than 0 and at most 24h");
        }
        return Duration.ofNanos(nanos);
    }

    /**
     * {@code 20}, {@code 10..80}, or stretches with their own durations, {@code 10..80@30s,80@60s}.
     *
     * @param lasting the whole duration ({@code --for}); needed by the first two forms and refused
     *     beside the third, which has its own
     */
    public static RateProfile rate(String option, String text, Optional<Duration> lasting) {
        boolean timed = text.indexOf('@') >= 0;
        List<String> stretches = List.of(text.split(",", -1));
        if (stretches.size() > RateProfile.SEGMENTS_MAX) {
            throw invalid(option, text, "has too many stretches", "at most 100");
        }
        if (!timed && stretches.size() > 1) {
            throw invalid(option, text, "has stretches without a duration", RATE_EXPECTED);
        }
        if (timed && lasting.isPresent()) {
            throw invalid(option, text, "has its own durations", "no --for beside it");
        }
        if (!timed && lasting.isEmpty()) {
            throw invalid(option, text, "has no duration", "--for, or 20@10s");
        }
        List<RateProfile.Segment> segments = new ArrayList<>();
        for (String stretch : stretches) {
            int mark = stretch.indexOf('@');
            if (timed && mark < 0) {
                throw invalid(option, text, "has a stretch without a duration", RATE_EXPECTED);
            }
            String rates = timed ? stretch.substring(0, mark) : stretch;
            Duration length =
                    timed ? duration(option, stretch.substring(mark + 1)) : lasting.orElseThrow();
            int dots = rates.indexOf("..");
            double from = perSecond(option, text, dots < 0 ? rates : rates.substring(0, dots));
            double to = dots < 0 ? from : perSecond(option, text, rates.substring(dots + 2));
            segments.add(new RateProfile.Segment(from, to, length));
        }
        if (segments.stream().allMatch(s -> s.from() == 0 && s.to() == 0)) {
            throw invalid(option, text, "sends nothing", "a rate above 0");
        }
        return new RateProfile(segments);
    }

    private static double perSecond(String option, String whole, String text) {
        if (!text.matches("[0-9]{1,7}(\\.[0-9]{1,6})?")) {
            throw invalid(option, whole, "is no rate", RATE_EXPECTED);
        }
        double rate = Double.parseDouble(text);
        if (rate > RateProfile.PER_SECOND_MAX) {
            throw invalid(option, whole, "is too fast", "at most 1000000 a second");
        }
        return rate;
    }

    /** {@code poisson} or {@code even}. */
    public static Arrivals arrivals(String option, String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "poisson" -> Arrivals.POISSON;
            case "even" -> Arrivals.EVEN;
            default -> throw invalid(option, text, "is no kind of arrivals", "poisson or even");
        };
    }

    /** {@code Name: value}; the value may hold template fields. */
    public static LoadRequest.Header header(String option, String text) {
        int colon = text.indexOf(':');
        if (colon <= 0) {
            throw invalid(option, text, "is no header", "Name: value");
        }
        try {
            return new LoadRequest.Header(
                    text.substring(0, colon), text.substring(colon + 1).strip());
        } catch (IllegalArgumentException refused) {
            throw new IllegalArgumentException(option + ": " + refused.getMessage(), refused);
        }
    }

    /** What is sent as the body: the text itself, or {@code @file}. */
    public static LoadBody body(String option, String text) {
        return text.startsWith("@")
                ? new LoadBody.File(Path.of(bodyFile(option, text)))
                : new LoadBody.Text(text);
    }

    private static String bodyFile(String option, String text) {
        if (text.length() == 1) {
            throw invalid(option, text, "names no file", "@file, or the text itself");
        }
        return text.substring(1);
    }

    /** One status or several: {@code 200}, {@code 200,304}, {@code 2xx}. */
    public static Expectation expect(String option, String text) {
        List<Expectation.Range> ranges = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            if (part.matches("[2-5]xx")) {
                int hundred = (part.charAt(0) - '0') * 100;
                ranges.add(new Expectation.Range(hundred, hundred + 99));
            } else if (part.matches("[2-5][0-9][0-9]")) {
                ranges.add(new Expectation.Range(Integer.parseInt(part), Integer.parseInt(part)));
            } else {
                throw invalid(option, text, "is no status", "200, 200,304 or 2xx");
            }
        }
        return Expectation.status(ranges);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    static IllegalArgumentException invalid(
            String place, String value, String problem, String expected) {
        String shown = value.length() > 80 ? value.substring(0, 77) + "..." : value;
        StringBuilder escaped = new StringBuilder();
        shown.codePoints()
                .forEach(c -> {
                    if (c < 0x20 || c == 0x7f) {
                        escaped.append(String.format(Locale.ROOT, "\\x%02x", c));
                    } else {
                        escaped.appendCodePoint(c);
                    }
                });
        return new IllegalArgumentException(
                place + ": \"" + escaped + "\" " + problem + " (expected: " + expected + ")");
    }
}
