package dev.carve.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * The schema as JSON Schema (draft 2020-12), for editors. It accepts what {@link Loader} accepts,
 * references such as {@code ${NAME}} included, and is only coarser where a type has its own parser.
 *
 * <p>Forms that exclude each other by their JSON type are {@code oneOf}; a short form may itself be
 * a list, so a list in its short form is {@code anyOf}.
 */
public final class JsonSchema {

    /** What a scalar of any type may be instead: filled in at load. */
    private static final String REFERENCE = "\\$\\{";

    private final SequencedMap<String, Object> definitions = new LinkedHashMap<>();
    private final Map<Shape, String> names = new HashMap<>();

    private JsonSchema() {}

    /** The schema's text, ending with a line end. */
    public static String of(Schema schema) {
        JsonSchema writer = new JsonSchema();
        SequencedMap<String, Object> root = new LinkedHashMap<>();
        root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        root.put("title", "Carve configuration");
        root.putAll(writer.object(schema.root()));
        root.put("$defs", writer.definitions);
        StringBuilder out = new StringBuilder(16_384);
        JsonText.write(root, 0, out);
        return out.append('\n').toString();
    }

    private SequencedMap<String, Object> of(Shape shape) {
        return switch (shape) {
            case Shape.Scalar scalar -> scalar(scalar);
            case Shape.Table(Shape value, String shortKey) -> {
                var mapping = object("type", "object", "additionalProperties", of(value));
                yield shortKey == null ? mapping : object("anyOf", List.of(mapping, of(value)));
            }
            case Shape.Sequence(Shape element) ->
                    object(
                            "anyOf",
                            List.of(object("type", "array", "items", of(element)), of(element)));
            case Shape.Fields fields -> reference(fields, fields.type);
            case Shape.Choice choice -> reference(choice, choice.type);
        };
    }

    private SequencedMap<String, Object> reference(Shape shape, @Nullable Class<?> type) {
        String known = names.get(shape);
        if (known == null) {
            String name = type == null ? "File" : type.getSimpleName();
            known = definitions.containsKey(name) ? name + (definitions.size() + 1) : name;
            names.put(shape, known);
            // Holds the place, since a type may contain itself.
            definitions.put(known, Map.of());
            definitions.put(known, definition(shape));
        }
        return object("$ref", "#/$defs/" + known);
    }

    private SequencedMap<String, Object> definition(Shape shape) {
        return switch (shape) {
            case Shape.Fields fields -> withShort(object(fields), fields.shortForm);
            case Shape.Choice choice -> {
                String key = choice.shortKey;
                yield withShort(object(choice), key == null ? null : choice.alternatives.get(key));
            }
            case Shape.Scalar _, Shape.Sequence _, Shape.Table _ -> of(shape);
        };
    }

    private SequencedMap<String, Object> withShort(
            SequencedMap<String, Object> whole, @Nullable Setting shortForm) {
        if (shortForm == null) {
            return whole;
        }
        boolean disjoint = shortForm.shape instanceof Shape.Scalar;
        Object brief = described(of(shortForm.shape), shortForm.doc);
        return object(disjoint ? "oneOf" : "anyOf", List.of(brief, whole));
    }

    private SequencedMap<String, Object> object(Shape.Fields fields) {
        SequencedMap<String, Object> properties = new LinkedHashMap<>();
        fields.settings.values().forEach(each -> properties.put(each.key, property(each)));
        List<Object> required = new ArrayList<>();
        List<Object> choices = new ArrayList<>();
        for (Shape.Component component : fields.components) {
            switch (component) {
                case Shape.Component.One(Setting setting) -> require(setting, required);
                case Shape.Component.Others(List<Setting> settings) ->
                        settings.forEach(each -> require(each, required));
                case Shape.Component.OneOf(Shape.Choice choice, Presence presence) -> {
                    for (String key : choice.alternatives.keySet()) {
                        choices.add(object("required", List.of(key)));
                    }
                    if (presence != Presence.REQUIRED) {
                        choices.add(object("not", object("anyOf", List.copyOf(choices))));
                    }
                }
            }
        }
        SequencedMap<String, Object> object = object("type", "object");
        if (!fields.doc.isEmpty()) {
            object.put("description", fields.doc);
        }
        object.put("properties", properties);
        if (!required.isEmpty()) {
            object.put("required", required);
        }
        if (!choices.isEmpty()) {
            object.put("oneOf", choices);
        }
        object.put("additionalProperties", false);
        return object;
    }

    private static void require(Setting setting, List<Object> required) {
        if (setting.presence == Presence.REQUIRED) {
            required.add(setting.key);
        }
    }

    private SequencedMap<String, Object> object(Shape.Choice choice) {
        SequencedMap<String, Object> properties = new LinkedHashMap<>();
        choice.alternatives.values().forEach(each -> properties.put(each.key, property(each)));
        return object(
                "type",
                "object",
                "properties",
                properties,
                "minProperties",
                1,
                "maxProperties",
                1,
                "additionalProperties",
                false);
    }

    private SequencedMap<String, Object> property(Setting setting) {
        SequencedMap<String, Object> property = described(of(setting.shape), setting.doc);
        if (setting.defaultText != null) {
            property.put("default", defaultOf(setting.shape, setting.defaults().node()));
        }
        return property;
    }

    private static SequencedMap<String, Object> described(
            SequencedMap<String, Object> schema, String doc) {
        if (!doc.isEmpty()) {
            schema.put("description", doc);
        }
        return schema;
    }

    /** A scalar as its JSON type, a list or mapping empty or as its own text. */
    private static Object defaultOf(Shape shape, Node node) {
        if (shape instanceof Shape.Scalar && node instanceof Node.Scalar scalar) {
            Object value = scalar.value();
            return value instanceof Number || value instanceof Boolean ? value : scalar.text();
        }
        return switch (node) {
            case Node.Scalar scalar -> scalar.text();
            case Node.Sequence(_, List<Node> items)
                    when shape instanceof Shape.Sequence(var each) ->
                    items.stream().map(item -> defaultOf(each, item)).toList();
            case Node.Mapping mapping -> {
                SequencedMap<String, Object> members = new LinkedHashMap<>();
                for (Map.Entry<String, Node.Member> entry : mapping.entries()) {
                    Shape child = Overlay.child(shape, entry.getKey());
                    Node value = entry.getValue().value();
                    if (child != null && value.place().origin() == Origin.DEFAULT) {
                        members.put(entry.getKey(), defaultOf(child, value));
                    }
                }
                yield members;
            }
            case Node.Sequence _ -> List.of();
        };
    }

    private static SequencedMap<String, Object> scalar(Shape.Scalar shape) {
        if (!shape.choices().isEmpty()) {
            return object(
                    "anyOf",
                    List.of(
                            object("enum", List.copyOf(shape.choices().keySet())),
                            object("type", "string", "pattern", REFERENCE)));
        }
        if (!shape.json().equals("string")) {
            SequencedMap<String, Object> typed = object("type", shape.json());
            putBound(typed, "minimum", shape.limits().min());
            putBound(typed, "maximum", shape.limits().max());
            return object("anyOf", List.of(typed, object("type", "string", "pattern", REFERENCE)));
        }
        String pattern = shape.pattern();
        return pattern == null
                // YAML reads 8080 or true where text is meant.
                ? object("type", List.of("string", "number", "boolean"))
                : object("type", "string", "pattern", pattern + "|" + REFERENCE);
    }

    private static void putBound(
            SequencedMap<String, Object> typed, String keyword, @Nullable Object bound) {
        if (bound != null) {
            typed.put(keyword, bound);
        }
    }

    private static SequencedMap<String, Object> object(Object... keysAndValues) {
        SequencedMap<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            object.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return object;
    }
}
