package dev.carve.config;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The configuration reference page, made from the records. */
public final class Reference {

    private final StringBuilder out = new StringBuilder(16_384);

    /** Tables still to be written, each once, in the order in which they are first named. */
    private final Deque<Shape> open = new ArrayDeque<>();

    private final Map<Shape, String> titles = new HashMap<>();

    private Reference() {}

    /** The page as Markdown, ending with a line end. */
    public static String markdown(Schema schema) {
        Reference page = new Reference();
        page.out.append(
                """
                # Configuration reference

                Generated from the records that hold the configuration. A setting without a default
                that is not optional is required. A list of one may be written without its brackets.
                Every value can be set by the environment: `CARVE_` and its path in capitals, with
                `_` between the parts. A flag wins over the environment, the environment over the
                file, the file over the default. `${NAME}`, `${NAME:-default}` and
                `${file:/path}` are filled in at load; `$$` is a dollar sign.

                ## The file

                """);
        page.table(schema.root().settings.values(), null);
        while (!page.open.isEmpty()) {
            page.section(page.open.removeFirst());
        }
        return page.out.toString();
    }

    private void section(Shape shape) {
        out.append("\n## ").append(titles.get(shape)).append("\n\n");
        switch (shape) {
            case Shape.Fields fields -> {
                if (!fields.doc.isEmpty()) {
                    out.append(fields.doc).append("\n\n");
                }
                Setting brief = fields.shortForm;
                if (brief != null) {
                    out.append("Short form: `").append(brief.key);
                    out.append("` alone in place of the mapping.\n\n");
                }
                table(fields.settings.values(), fields);
            }
            case Shape.Choice choice -> {
                out.append("Exactly one of these keys.");
                String key = choice.shortKey;
                out.append(key == null ? "" : " Short form: what stands at `" + key + "` alone.");
                out.append("\n\n");
                table(choice.alternatives.values(), null);
            }
            case Shape.Scalar _, Shape.Sequence _, Shape.Table _ ->
                    throw new IllegalStateException("no section for " + shape);
        }
    }

    private void table(Iterable<Setting> settings, Shape.@Nullable Fields owner) {
        out.append("| key | type | default | meaning |\n| --- | --- | --- | --- |\n");
        for (Setting each : settings) {
            out.append("| `").append(each.key).append("` | ").append(type(each.shape));
            out.append(" | ").append(standard(each, owner)).append(" | ");
            out.append(cell(each.doc)).append(choices(each.shape));
            out.append(each.secret ? " Secret: never shown." : "").append(" |\n");
        }
    }

    private static String standard(Setting setting, Shape.@Nullable Fields owner) {
        boolean oneOfSeveral =
                owner != null
                        && owner.components.stream()
                                .anyMatch(each ->
                                        each instanceof Shape.Component.OneOf(var choice, _)
                                                && choice.alternatives.containsValue(setting));
        if (oneOfSeveral) {
            return "one of these";
        }
        return switch (setting.presence) {
            case REQUIRED -> "required";
            case NULLABLE, OPTIONAL -> "none";
            case DEFAULT -> {
                String text = setting.defaultText;
                if (text != null && text.equals("{}") && setting.shape instanceof Shape.Fields) {
                    yield "as there";
                }
                yield text == null || text.equals("{}") || text.equals("[]") || text.equals("\"\"")
                        ? "empty"
                        : "`" + cell(text) + "`";
            }
        };
    }

    private String type(Shape shape) {
        return switch (shape) {
            case Shape.Scalar scalar -> scalar.name() + limits(scalar.limits());
            case Shape.Sequence(Shape element) -> "list of " + type(element);
            case Shape.Table(Shape value, String shortKey) ->
                    (shortKey == null ? "" : type(value) + ", or ")
                            + "map by name of "
                            + type(value);
            case Shape.Fields fields -> link(fields, fields.type);
            case Shape.Choice choice -> link(choice, choice.type);
        };
    }

    private static String limits(Shape.Limits limits) {
        String min = limits.minText();
        String max = limits.maxText();
        if (min == null) {
            return max == null ? "" : ", at most " + max;
        }
        return max == null ? ", at least " + min : ", " + min + " to " + max;
    }

    private String link(Shape shape, @Nullable Class<?> type) {
        String title = titles.get(shape);
        if (title == null) {
            String words = type == null ? "file" : ShapeReader.snakeCase(type.getSimpleName());
            String name = words.substring(1).replace('_', ' ');
            title = titles.containsValue(name) ? name + " " + (titles.size() + 1) : name;
            titles.put(shape, title);
            open.addLast(shape);
        }
        return "[" + title + "](#" + title.toLowerCase(Locale.ROOT).replace(' ', '-') + ")";
    }

    private static String choices(Shape shape) {
        StringBuilder list = new StringBuilder();
        if (shape instanceof Shape.Scalar scalar) {
            scalar.choices()
                    .forEach((name, doc) ->
                            list.append(" `")
                                    .append(name)
                                    .append(doc.isEmpty() ? "`" : "`: ")
                                    .append(cell(doc)));
        } else if (shape instanceof Shape.Sequence(Shape element)) {
            list.append(choices(element));
        }
        return list.toString();
    }

    private static String cell(String text) {
        return String.join(" ", List.of(text.replace("|", "\\|").split("\\s+", -1)));
    }
}
