package dev.carve.carving;

import dev.carve.carving.compare.Answer;
import dev.carve.carving.compare.Fields;
import dev.carve.carving.keep.Field;
import dev.carve.carving.keep.SavedAnswer;
import java.util.List;

/** Kept answers as comparing reads them. Stateless; any thread. */
final class SavedFields {

    private SavedFields() {}

    static Fields of(List<Field> fields) {
        return (name, occurrence) -> {
            int left = occurrence;
            for (Field each : fields) {
                if (each.name().equalsIgnoreCase(name) && left-- == 0) {
                    return each.value();
                }
            }
            return null;
        };
    }

    static Answer answer(SavedAnswer from) {
        byte[] body = from.body().bytes();
        return new Answer(
                from.status(), of(from.fields()), body, 0, body.length, from.body().isWhole());
    }
}
