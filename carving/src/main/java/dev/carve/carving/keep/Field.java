package dev.carve.carving.keep;

import java.util.ArrayList;
import java.util.List;

/**
 * One header field, as it was sent. Immutable.
 *
 * @param name in its own case
 * @param value without the white space around it
 */
public record Field(String name, String value) {

    /** Fields as one text. */
    static String join(List<Field> fields) {
        List<String> parts = new ArrayList<>(2 * fields.size());
        for (Field each : fields) {
            parts.add(each.name());
            parts.add(each.value());
        }
        return Lines.join(parts);
    }

    /** What {@link #join} made, in the same order. */
    static List<Field> split(String text) {
        List<String> parts = Lines.split(text);
        List<Field> fields = new ArrayList<>(parts.size() / 2);
        for (int i = 0; i + 1 < parts.size(); i += 2) {
            fields.add(new Field(parts.get(i), parts.get(i + 1)));
        }
        return fields;
    }
}
