package dev.carve.load;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;

/** Says a pace in words that fit one line of the report. */
final class PaceWords {

    private PaceWords() {}

    static String of(LoadPlan.Pace pace) {
        return switch (pace) {
            case LoadPlan.Pace.Open(var profile, var arrivals) ->
                    "open loop, "
                            + arrivals.name().toLowerCase(Locale.ROOT)
                            + ", "
                            + profile.segments().stream()
                                    .map(PaceWords::stretch)
                                    .collect(Collectors.joining(", then "));
            case LoadPlan.Pace.Closed(int connections, var lasting) ->
                    "closed loop, " + connections + " connections for " + duration(lasting);
        };
    }

    private static String stretch(RateProfile.Segment segment) {
        String rates =
                segment.from() == segment.to()
                        ? rate(segment.from())
                        : rate(segment.from()) + ".." + rate(segment.to());
        return rates + "/s for " + duration(segment.lasting());
    }

    private static String rate(double perSecond) {
        return new BigDecimal(perSecond)
                .round(new MathContext(6))
                .stripTrailingZeros()
                .toPlainString();
    }

    /** As {@link LoadOptions#duration} reads it. */
    static String duration(Duration duration) {
        long seconds = duration.toSeconds();
        if (duration.toNanosPart() != 0) {
            return BigDecimal.valueOf(duration.toNanos(), 9).stripTrailingZeros().toPlainString()
                    + "s";
        }
        if (seconds % 60 != 0 || seconds == 0) {
            return seconds < 60 ? seconds + "s" : seconds / 60 + "m" + seconds % 60 + "s";
        }
        return seconds % 3600 == 0 ? seconds / 3600 + "h" : seconds / 60 + "m";
    }
}
