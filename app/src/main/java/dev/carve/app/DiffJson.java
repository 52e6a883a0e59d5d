package dev.carve.app;

import dev.carve.config.Diff;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Changes for programs, on one line. */
final class DiffJson {

    private static final JsonFactory JSON = new JsonFactory();

    private DiffJson() {}

    static String of(List<Diff.Change> changes, List<String> plan, Map<String, String> fixed) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            out.writeStartObject();
            out.writeBooleanProperty("equal", changes.isEmpty());
            out.writeArrayPropertyStart("changes");
            changes.forEach(each -> change(out, each));
            out.writeEndArray();
            out.writeArrayPropertyStart("reload");
            plan.forEach(out::writeString);
            out.writeEndArray();
            out.writeObjectPropertyStart("fixed");
            fixed.forEach(out::writeStringProperty);
            out.writeEndObject();
            out.writeEndObject();
        }
        return text.toString();
    }

    private static void change(JsonGenerator out, Diff.Change change) {
        out.writeStartObject();
        out.writeStringProperty("path", change.path());
        out.writeStringProperty("kind", kind(change));
        if (change.before() != null) {
            out.writeStringProperty("before", change.before());
        }
        if (change.after() != null) {
            out.writeStringProperty("after", change.after());
        }
        out.writeEndObject();
    }

    private static String kind(Diff.Change change) {
        if (change.before() == null) {
            return "added";
        }
        return change.after() == null ? "removed" : "changed";
    }
}
