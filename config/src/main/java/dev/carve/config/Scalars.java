package dev.carve.config;

import dev.carve.runtime.Share;
import dev.carve.runtime.Size;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** The scalar types that need no declaration. */
final class Scalars {

    static final String DURATION = "a duration such as 5s or 250ms";

    private Scalars() {}

    static Shape.@Nullable Scalar find(Class<?> type) {
        return switch (type.getName()) {
            case "java.lang.String" -> of("text", "text", "string", null, text -> text);
            case "int", "java.lang.Integer" ->
                    of("number", "a whole number", "integer", null, Scalars::integer);
            case "long", "java.lang.Long" ->
                    of("number", "a whole number", "integer", null, Scalars::longInteger);
            case "double", "java.lang.Double" ->
                    of("number", "a number such as 1.5", "number", null, Scalars::decimal);
            case "boolean", "java.lang.Boolean" ->
                    of("boolean", "true or false", "boolean", null, Scalars::bool);
            case "java.time.Duration" ->
                    of(
                            "duration",
                            DURATION,
                            "string",
                            "^[0-9]+(us|ms|s|m|h|d)$",
                            Scalars::duration);
            case "dev.carve.runtime.Size" ->
                    of(
                            "size",
                            Size.EXPECTED,
                            "string",
                            "^[0-9]+([bB]|[kKmMgGtT][iI][bB])$",
                            Scalars::size);
            case "dev.carve.runtime.Share" ->
                    of(
                            "share",
                            Share.EXPECTED,
                            "string",
                            "^[0-9]{1,3}(\\.[0-9]+)?%$",
                            Scalars::share);
            case "java.net.URI" ->
                    of("url", "a url such as http://127.0.0.1:3000", "string", null, Scalars::uri);
            case "java.util.regex.Pattern" ->
                    of("pattern", "a regular expression", "string", null, Scalars::pattern);
            default -> null;
        };
    }

    static Shape.Scalar of(
            String name,
            String expected,
            String json,
            @Nullable String pattern,
            Function<String, ?> parser) {
        return new Shape.Scalar(
                name, expected, json, pattern, new LinkedHashMap<>(), parser, Shape.Limits.NONE);
    }

    static Shape.Scalar ofEnum(SequencedMap<String, String> choices, Map<String, ?> constants) {
        List<String> names = List.copyOf(choices.keySet());
        Function<String, Object> parser =
                text -> {
                    Object constant = constants.get(text);
                    if (constant == null) {
                        throw new BadValueException("is unknown" + Suggestion.nearest(text, names));
                    }
                    return constant;
                };
        return new Shape.Scalar(
                "choice",
                Display.choices(names),
                "string",
                null,
                choices,
                parser,
                Shape.Limits.NONE);
    }

    /** A digit run with an optional sign; no plus, no blanks, no digits of other scripts. */
    private static boolean isWhole(String text) {
        int start = text.startsWith("-") ? 1 : 0;
        for (int i = start; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return text.length() > start;
    }

    private static Integer integer(String text) {
        long value = longInteger(text);
        if (value != (int) value) {
            throw new BadValueException("is out of range");
        }
        return (int) value;
    }

    private static Long longInteger(String text) {
        if (!isWhole(text)) {
            throw new BadValueException("is not a whole number");
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException tooLarge) {
            throw new BadValueException("is out of range");
        }
    }

    private static Double decimal(String text) {
        for (int i = 0; i < text.length(); i++) {
            if ("0123456789.-eE+".indexOf(text.charAt(i)) < 0) {
                throw new BadValueException("is not a number");
            }
        }
        try {
            double value = Double.parseDouble(text);
            if (!Double.isFinite(value)) {
                throw new BadValueException("is out of range");
            }
            return value;
        } catch (NumberFormatException malformed) {
            throw new BadValueException("is not a number");
        }
    }

    private static Boolean bool(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new BadValueException("is neither true nor false");
        };
    }

    private static Duration duration(String text) {
        int digits = digits(text);
        if (digits == 0) {
            throw new BadValueException("is not a duration");
        }
        if (digits == text.length()) {
            throw new BadValueException("has no unit");
        }
        String unit = text.substring(digits);
        long nanos =
                switch (unit) {
                    case "us" -> 1_000L;
                    case "ms" -> 1_000_000L;
                    case "s" -> 1_000_000_000L;
                    case "m" -> 60_000_000_000L;
                    case "h" -> 3_600_000_000_000L;
                    case "d" -> 86_400_000_000_000L;
                    default ->
                            throw new BadValueException(
                                    unit.indexOf('.') == 0
                                            ? "is not a whole number of a unit"
                                            : "has an unknown unit");
                };
        // Monotonic time is counted in nanoseconds of a long: 292 years.
        if (digits > 18 || Long.parseLong(text, 0, digits, 10) > Long.MAX_VALUE / nanos) {
            throw new BadValueException("is out of range");
        }
        return Duration.ofNanos(Long.parseLong(text, 0, digits, 10) * nanos);
    }

    private static int digits(String text) {
        int digits = 0;
        while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
            digits++;
        }
        return digits;
    }

    private static Size size(String text) {
        int digits = digits(text);
        if (digits > 0 && digits == text.length()) {
            throw new BadValueException("has no unit");
        }
        try {
            return Size.parse(text);
        } catch (IllegalArgumentException malformed) {
            String unit = text.substring(digits).toUpperCase(Locale.ROOT);
            throw new BadValueException(
                    digits == 0
                            ? "is not a size"
                            : switch (unit) {
                                case "K", "KB", "M", "MB", "G", "GB", "T", "TB" ->
                                        "has a unit of unclear meaning";
                                case "B", "KIB", "MIB", "GIB", "TIB" -> "is out of range";
                                default -> "has an unknown unit";
                            });
        }
    }

    private static Share share(String text) {
        String number = text.endsWith("%") ? text.substring(0, text.length() - 1) : text;
        BigDecimal percent;
        try {
            percent = number.length() > 20 ? BigDecimal.valueOf(101) : new BigDecimal(number);
        } catch (NumberFormatException malformed) {
            throw new BadValueException("is not a share");
        }
        if (number.length() == text.length()) {
            throw new BadValueException("has no percent sign");
        }
        if (percent.signum() < 0 || percent.compareTo(BigDecimal.valueOf(100)) > 0) {
            throw new BadValueException("is out of range");
        }
        try {
            return Share.parse(text);
        } catch (IllegalArgumentException malformed) {
            throw new BadValueException("is not a share");
        }
    }

    private static URI uri(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException malformed) {
            throw new BadValueException("is not a url");
        }
    }

    private static Pattern pattern(String text) {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException malformed) {
            String reason = malformed.getDescription().toLowerCase(Locale.ROOT);
            throw new BadValueException("is not a regular expression: " + reason);
        }
    }
}
