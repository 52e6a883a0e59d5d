package dev.carve.admin;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes a view's tree as JSON. Records become objects with their components' names in snake case,
 * durations seconds, enums lower case, anything unknown its text. Whatever nests deeper than
 * {@value #DEPTH_MAX} is refused, so that a tree that contains itself can not fill memory.
 */
final class Json {

    private static final int DEPTH_MAX = 32;

    private final StringBuilder out = new StringBuilder(1024);

    private Json() {}

    static String write(@Nullable Object tree) {
        Json json = new Json();
        json.value(tree, 0);
        return json.out.toString();
    }

    private void value(@Nullable Object value, int depth) {
        if (depth > DEPTH_MAX) {
            throw new IllegalArgumentException("a view's tree is deeper than " + DEPTH_MAX);
        }
        switch (value) {
            case null -> out.append("null");
            case Map<?, ?> map -> object(map, depth);
            case Iterable<?> items -> array(items, depth);
            case Optional<?> optional -> value(optional.orElse(null), depth);
            case Record row -> object(components(row), depth);
            case Boolean bool -> out.append(bool);
            case Double number -> number(number);
            case Float number -> number(number.doubleValue());
            case Number number -> out.append(number);
            case Duration duration -> number(duration.toNanos() / 1e9);
            case Enum<?> constant -> text(constant.name().toLowerCase(Locale.ROOT));
            default -> text(value.toString());
        }
    }

    /** JSON knows neither infinity nor NaN. */
    private void number(double number) {
        if (!Double.isFinite(number)) {
            out.append("null");
        } else if (number == Math.rint(number) && Math.abs(number) < 1e15) {
            out.append((long) number);
        } else {
            out.append(number);
        }
    }

    private void object(Map<?, ?> map, int depth) {
        String separator = "{";
        for (Map.Entry<?, ?> each : map.entrySet()) {
            out.append(separator);
            text(String.valueOf(each.getKey()));
            out.append(':');
            value(each.getValue(), depth + 1);
            separator = ",";
        }
        out.append(map.isEmpty() ? "{}" : "}");
    }

    private void array(Iterable<?> items, int depth) {
        out.append('[');
        String separator = "";
        for (Object each : items) {
            out.append(separator);
            value(each, depth + 1);
            separator = ",";
        }
        out.append(']');
    }

    private static Map<String, @Nullable Object> components(Record row) {
        Map<String, @Nullable Object> components = new LinkedHashMap<>();
        for (RecordComponent each : row.getClass().getRecordComponents()) {
            try {
                each.getAccessor().setAccessible(true);
                components.put(snake(each.getName()), each.getAccessor().invoke(row));
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new IllegalStateException("component " + each.getName() + " of a view", e);
            }
        }
        return components;
    }

    private static String snake(String camel) {
        StringBuilder snake = new StringBuilder(camel.length() + 4);
        for (int i = 0; i < camel.length(); i++) {
            char c = camel.charAt(i);
            if (Character.isUpperCase(c)) {
                snake.append('_').append(Character.toLowerCase(c));
            } else {
                snake.append(c);
            }
        }
        return snake.toString();
    }

    private void text(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                default -> {
                    // Angle brackets too: the text may end up in a page.
                    if (c < ' ' || c == '<' || c == '>' || c == '\u2028' || c == '\u2029') {
                        out.append("\\u%04x".formatted((int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
