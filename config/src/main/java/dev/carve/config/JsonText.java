package dev.carve.config;

import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Writes maps, lists, text, numbers and booleans as indented JSON. */
final class JsonText {

    private JsonText() {}

    static void write(Object value, int indent, StringBuilder out) {
        switch (value) {
            case Map<?, ?> map -> members(map, indent, out);
            case List<?> list -> items(list, indent, out);
            case Number number -> out.append(number);
            case Boolean bool -> out.append(bool);
            default -> text(value.toString(), out);
        }
    }

    private static void members(Map<?, ?> map, int indent, StringBuilder out) {
        if (map.isEmpty()) {
            out.append("{}");
            return;
        }
        out.append('{');
        Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<?, ?> entry = entries.next();
            line(indent + 2, out);
            text(String.valueOf(entry.getKey()), out);
            out.append(": ");
            write(entry.getValue(), indent + 2, out);
            out.append(entries.hasNext() ? "," : "");
        }
        line(indent, out);
        out.append('}');
    }

    private static void items(List<?> list, int indent, StringBuilder out) {
        boolean brief =
                list.stream().noneMatch(each -> each instanceof Map || each instanceof List);
        out.append('[');
        for (int i = 0; i < list.size(); i++) {
            out.append(i == 0 ? "" : brief ? ", " : ",");
            if (!brief) {
                line(indent + 2, out);
            }
            write(list.get(i), indent + 2, out);
        }
        if (!brief) {
            line(indent, out);
        }
        out.append(']');
    }

    private static void line(int indent, StringBuilder out) {
        out.append('\n').repeat(' ', indent);
    }

    private static void text(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
