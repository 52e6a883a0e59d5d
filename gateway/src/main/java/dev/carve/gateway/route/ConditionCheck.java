package dev.carve.gateway.route;

import dev.carve.gateway.route.Condition.HeaderEquals;
import dev.carve.gateway.route.Condition.HeaderMatches;
import dev.carve.gateway.route.Condition.HeaderPresent;
import dev.carve.gateway.route.Condition.QueryEquals;
import dev.carve.gateway.route.Condition.QueryPresent;
import dev.carve.http.Ascii;
import dev.carve.http.Field;
import dev.carve.http.Head;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A condition made ready to run against bytes. Only a regular expression allocates. Thread:
 * immutable.
 */
abstract class ConditionCheck {

    private static final byte[] SEPARATOR = {',', ' '};

    abstract boolean holds(Head head, Target target);

    static ConditionCheck of(Condition condition) {
        return switch (condition) {
            case HeaderPresent(String name) -> new Present(new FieldName(name));
            case HeaderEquals(String name, String value) ->
                    new Equal(new FieldName(name), utf8(value));
            case HeaderMatches(String name, String regex) ->
                    new Matching(new FieldName(name), Pattern.compile(regex));
            case QueryPresent(String name) -> new Parameter(utf8(name), null);
            case QueryEquals(String name, String value) -> new Parameter(utf8(name), utf8(value));
        };
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Finds the lines of one field, by its number where the head knows it. */
    private static final class FieldName {
        private final Field known;
        private final byte[] lower;

        FieldName(String lower) {
            this.known = Field.named(lower);
            this.lower = Ascii.bytes(lower);
        }

        int next(Head head, int after) {
            if (known == Field.OTHER) {
                return head.next(lower, after);
            }
            return head.has(known) ? head.next(known, after) : Head.NONE;
        }
    }

    private static final class Present extends ConditionCheck {
        private final FieldName name;

        Present(FieldName name) {
            this.name = name;
        }

        @Override
        boolean holds(Head head, Target target) {
            return name.next(head, -1) != Head.NONE;
        }
    }

    private static final class Equal extends ConditionCheck {
        private final FieldName name;
        private final byte[] value;

        Equal(FieldName name, byte[] value) {
            this.name = name;
            this.value = value;
        }

        @Override
        boolean holds(Head head, Target target) {
            int number = name.next(head, -1);
            if (number == Head.NONE) {
                return false;
            }
            int compared = prefix(head, number, 0);
            for (int next = name.next(head, number);
                    next != Head.NONE && compared >= 0;
                    next = name.next(head, next)) {
                compared = prefix(SEPARATOR, 0, SEPARATOR.length, compared);
                compared = compared < 0 ? compared : prefix(head, next, compared);
            }
            return compared == value.length;
        }

        private int prefix(Head head, int number, int compared) {
            return prefix(head.bytes(), head.valueStart(number), head.valueEnd(number), compared);
        }

        /** How much of the value is compared after these bytes, -1 if they differ from it. */
        private int prefix(byte[] bytes, int from, int to, int compared) {
            int length = to - from;
            boolean same =
                    length <= value.length - compared
                            && Arrays.equals(bytes, from, to, value, compared, compared + length);
            return same ? compared + length : -1;
        }
    }

    private static final class Matching extends ConditionCheck {
        private final FieldName name;
        private final Pattern regex;

        Matching(FieldName name, Pattern regex) {
            this.name = name;
            this.regex = regex;
        }

        @Override
        boolean holds(Head head, Target target) {
            int number = name.next(head, -1);
            if (number == Head.NONE) {
                return false;
            }
            StringBuilder value = new StringBuilder();
            for (; number != Head.NONE; number = name.next(head, number)) {
                int from = head.valueStart(number);
                int length = head.valueEnd(number) - from;
                if (value.length() + length > BoundedText.LENGTH_MAX) {
                    return false;
                }
                value.append(value.isEmpty() ? "" : ", ");
                value.append(new String(head.bytes(), from, length, StandardCharsets.UTF_8));
            }
            return BoundedText.matches(regex, value.toString());
        }
    }

    private static final class Parameter extends ConditionCheck {
        private final byte[] name;
        private final byte @Nullable [] value;

        Parameter(byte[] name, byte @Nullable [] value) {
            this.name = name;
            this.value = value;
        }

        @Override
        boolean holds(Head head, Target target) {
            byte[] bytes = head.bytes();
            int end = target.queryEnd;
            for (int from = target.queryStart; from < end; ) {
                int stop = indexOf(bytes, from, end, '&');
                int equals = indexOf(bytes, from, stop, '=');
                if (spells(bytes, from, equals, name)) {
                    return value == null || spells(bytes, Math.min(equals + 1, stop), stop, value);
                }
                from = stop + 1;
            }
            return false;
        }

        private static int indexOf(byte[] bytes, int from, int to, char sought) {
            int at = from;
            while (at < to && bytes[at] != sought) {
                at++;
            }
            return at;
        }

        /** Whether these bytes, decoded as a form's, are the text. */
        private static boolean spells(byte[] bytes, int from, int to, byte[] text) {
            int at = from;
            for (byte expected : text) {
                if (at >= to) {
                    return false;
                }
                int escape = bytes[at] == '%' ? PathForms.escape(bytes, at, to) : -1;
                byte value =
                        escape >= 0 ? (byte) escape : bytes[at] == '+' ? (byte) ' ' : bytes[at];
                if (value != expected) {
                    return false;
                }
                at += escape >= 0 ? 3 : 1;
            }
            return at == to;
        }
    }
}
