package dev.carve.carving.compare;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Compares two texts that are not the same bytes: after the replacements of the rules, and with
 * numbers within the tolerance for the whole body. Patterns may only look at so many characters,
 * for some take longer than the age of the universe.
 *
 * <p>Stateless; any thread.
 */
final class TextDiff {

    /** What came of it. */
    enum Outcome {
        SAME,
        DIFFERENT,
        SLOW_PATTERN
    }

    private static final Pattern NUMBER =
            Pattern.compile("[-+]?\\d+(?:\\.\\d+)?(?:[eE][-+]?\\d+)?");

    private static final long LOOKS_PER_CHAR = 100;
    private static final long LOOKS_LEAST = 100_000;
    private static final long LOOKS_MOST = 50_000_000;

    /** What replacing may make of a text. */
    private static final int CHARS_MOST = 16 << 20;

    /** A number in a text. */
    private record Span(int from, int to) {}

    /** A pattern has looked too often, or made too much of a text. */
    private static final class Burnt extends RuntimeException {
        private static final long serialVersionUID = 1;

        Burnt() {
            super("a pattern takes too long", null, false, false);
        }
    }

    /** A text that lets itself be looked at only so often. */
    private static final class Fuse implements CharSequence {
        private final String text;
        private long looks;

        Fuse(String text) {
            this.text = text;
            looks = Math.min(LOOKS_MOST, LOOKS_LEAST + LOOKS_PER_CHAR * text.length());
        }

        @Override
        public char charAt(int index) {
            if (--looks < 0) {
                throw new Burnt();
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private TextDiff() {}

    static Outcome compare(
            Rules rules,
            Unpacker old,
            @Nullable String oldType,
            Unpacker fresh,
            @Nullable String freshType) {
        Charset oldSet = charset(oldType);
        Charset freshSet = charset(freshType);
        if (rules.swaps().isEmpty() && rules.textTolerance() == null && oldSet.equals(freshSet)) {
            return Outcome.DIFFERENT;
        }
        try {
            String one = replaced(rules, text(old, oldSet));
            String other = replaced(rules, text(fresh, freshSet));
            boolean same =
                    one.equals(other)
                            || (rules.textTolerance() != null
                                    && near(rules, rules.textTolerance(), one, other));
            return same ? Outcome.SAME : Outcome.DIFFERENT;
        } catch (Burnt | StackOverflowError e) {
            // Groups that repeat recurse in java.util.regex, once for each turn.
            return Outcome.SLOW_PATTERN;
        }
    }

    private static Charset charset(@Nullable String type) {
        int at = type == null ? -1 : Ascii.lower(type).indexOf("charset=");
        if (type == null || at < 0) {
            return StandardCharsets.UTF_8;
        }
        int from = at + "charset=".length();
        int semicolon = type.indexOf(';', from);
        String name = type.substring(from, semicolon < 0 ? type.length() : semicolon);
        try {
            return Charset.forName(name.replace("\"", "").strip());
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            return StandardCharsets.UTF_8;
        }
    }

    /** The text; by Latin-1, which loses nothing, if it is not what it says. */
    private static String text(Unpacker body, Charset charset) {
        int length = body.to() - body.from();
        try {
            return charset.newDecoder()
                    .decode(ByteBuffer.wrap(body.bytes(), body.from(), length))
                    .toString();
        } catch (CharacterCodingException e) {
            return new String(body.bytes(), body.from(), length, StandardCharsets.ISO_8859_1);
        }
    }

    private static String replaced(Rules rules, String text) {
        String result = text;
        for (Rules.Swap swap : rules.swaps()) {
            result = replaced(swap, result);
        }
        return result;
    }

    private static String replaced(Rules.Swap swap, String text) {
        Matcher matcher = swap.pattern().matcher(new Fuse(text));
        StringBuilder result = null;
        int done = 0;
        while (matcher.find()) {
            result = result == null ? new StringBuilder(text.length()) : result;
            result.append(text, done, matcher.start()).append(swap.with());
            done = matcher.end();
            if (result.length() > CHARS_MOST) {
                throw new Burnt();
            }
        }
        return result == null ? text : result.append(text, done, text.length()).toString();
    }

    /** Whether two texts are the same but for numbers that lie near enough. */
    private static boolean near(Rules rules, Tolerance tolerance, String one, String other) {
        List<Span> ones = numbers(rules, one);
        List<Span> others = numbers(rules, other);
        if (ones.size() != others.size()) {
            return false;
        }
        int a = 0;
        int b = 0;
        for (int i = 0; i < ones.size(); i++) {
            Span x = ones.get(i);
            Span y = others.get(i);
            if (!sameRange(one, a, x.from(), other, b, y.from())
                    || !near(tolerance, one, x, other, y)) {
                return false;
            }
            a = x.to();
            b = y.to();
        }
        return sameRange(one, a, one.length(), other, b, other.length());
    }

    private static boolean sameRange(
            String one, int from, int to, String other, int otherFrom, int otherTo) {
        return to - from == otherTo - otherFrom
                && one.regionMatches(from, other, otherFrom, to - from);
    }

    private static boolean near(Tolerance tolerance, String one, Span x, String other, Span y) {
        if (sameRange(one, x.from(), x.to(), other, y.from(), y.to())) {
            return true;
        }
        BigDecimal number = Tolerance.number(one, x.from(), x.to());
        BigDecimal otherNumber = Tolerance.number(other, y.from(), y.to());
        return number != null && otherNumber != null && tolerance.covers(number, otherNumber);
    }

    /** Where the numbers stand, in order; of two that overlap the one that begins first. */
    private static List<Span> numbers(Rules rules, String text) {
        List<Span> found = new ArrayList<>();
        if (rules.numbers().isEmpty()) {
            find(NUMBER, text, found);
            return found;
        }
        for (Pattern pattern : rules.numbers()) {
            find(pattern, text, found);
        }
        found.sort(Comparator.comparingInt(Span::from).thenComparingInt(Span::to));
        List<Span> apart = new ArrayList<>(found.size());
        int end = 0;
        for (Span span : found) {
            if (span.from() >= end) {
                apart.add(span);
                end = span.to();
            }
        }
        return apart;
    }

    private static void find(Pattern pattern, String text, List<Span> found) {
        Matcher matcher = pattern.matcher(new Fuse(text));
        int group = matcher.groupCount() > 0 ? 1 : 0;
        while (matcher.find()) {
            if (matcher.start(group) >= 0 && matcher.end(group) > matcher.start(group)) {
                found.add(new Span(matcher.start(group), matcher.end(group)));
            }
        }
    }
}
