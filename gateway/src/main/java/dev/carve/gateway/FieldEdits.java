package dev.carve.gateway;

import dev.carve.gateway.settings.RouteSettings;
import dev.carve.http.Ascii;
import dev.carve.http.Head;
import dev.carve.http.HeadEdits;
import java.util.Locale;
import java.util.Map;

/** A route's changes to the fields of one direction, prepared as bytes. Immutable. */
final class FieldEdits {

    static final FieldEdits NONE = new FieldEdits(new byte[0][], new byte[0]);

    private final byte[][] dropped;
    private final byte[] added;

    private FieldEdits(byte[][] dropped, byte[] added) {
        this.dropped = dropped;
        this.added = added;
    }

    static FieldEdits of(RouteSettings.Fields fields) {
        if (fields.isEmpty()) {
            return NONE;
        }
        byte[][] dropped = new byte[fields.remove().size() + fields.set().size()][];
        int count = 0;
        for (String name : fields.remove()) {
            dropped[count++] = lower(name);
        }
        StringBuilder lines = new StringBuilder();
        for (Map.Entry<String, String> each : fields.set().entrySet()) {
            dropped[count++] = lower(each.getKey());
            line(lines, each);
        }
        for (Map.Entry<String, String> each : fields.add().entrySet()) {
            line(lines, each);
        }
        return new FieldEdits(dropped, Ascii.bytes(lines.toString()));
    }

    private static byte[] lower(String name) {
        return Ascii.bytes(name.toLowerCase(Locale.ROOT));
    }

    private static void line(StringBuilder lines, Map.Entry<String, String> field) {
        lines.append(field.getKey()).append(": ").append(field.getValue()).append("\r\n");
    }

    void apply(HeadEdits edits, Head head) {
        for (byte[] name : dropped) {
            edits.drop(head, name);
            // Also what the gateway itself would say: the file has the last word.
            edits.takeBack(name);
        }
        if (added.length > 0) {
            edits.addLine(added);
        }
    }
}
