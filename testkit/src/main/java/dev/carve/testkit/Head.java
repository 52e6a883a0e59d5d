package dev.carve.testkit;

import java.util.List;
import java.util.Optional;

/**
 * A message head as it came.
 *
 * @param bytes exactly what was received, the empty line included
 * @param startLine the request or status line without its line end
 * @param fields the fields in order, duplicates kept
 */
public record Head(Octets bytes, String startLine, List<Field> fields) {

    /** The values of all fields of that name, in order. */
    public List<String> all(String name) {
        return fields.stream().filter(f -> f.named(name)).map(Field::value).toList();
    }

    /** The value of the first field of that name. */
    public Optional<String> first(String name) {
        return fields.stream().filter(f -> f.named(name)).map(Field::value).findFirst();
    }

    /** Whether a field of that name exists. */
    public boolean has(String name) {
        return first(name).isPresent();
    }
}
