package dev.carve.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Replaces every short form by the long one, so that what comes after knows one form only. What
 * does not fit is left for {@link Binder} to tell.
 */
final class Expander {

    private Expander() {}

    static Node expand(Node node, Shape shape) {
        return switch (shape) {
            case Shape.Scalar _ -> node;
            case Shape.Sequence(Shape element) -> sequence(node, element);
            case Shape.Table table -> table(node, table);
            case Shape.Fields fields -> fields(node, fields);
            case Shape.Choice choice -> choice(node, choice);
        };
    }

    private static Node sequence(Node node, Shape element) {
        if (node instanceof Node.Sequence(Place place, List<Node> items)) {
            List<Node> expanded = new ArrayList<>(items.size());
            items.forEach(item -> expanded.add(expand(item, element)));
            return new Node.Sequence(place, expanded);
        }
        if (node.isNull()) {
            return new Node.Sequence(node.place(), List.of());
        }
        return new Node.Sequence(node.place(), List.of(expand(node, element)));
    }

    private static Node table(Node node, Shape.Table table) {
        if (node instanceof Node.Mapping mapping) {
            return members(mapping, _ -> table.value());
        }
        if (node.isNull()) {
            return Node.Mapping.empty(node.place());
        }
        String key = table.shortKey();
        return key == null ? node : Node.Mapping.of(node.place(), key, expand(node, table.value()));
    }

    private static Node fields(Node node, Shape.Fields fields) {
        if (node instanceof Node.Mapping mapping) {
            return members(
                    mapping,
                    key -> {
                        Setting setting = fields.settings.get(key);
                        return setting == null ? null : setting.shape;
                    });
        }
        if (node.isNull()) {
            return Node.Mapping.empty(node.place());
        }
        Setting shortForm = fields.shortForm;
        return shortForm == null
                ? node
                : Node.Mapping.of(node.place(), shortForm.key, expand(node, shortForm.shape));
    }

    private static Node choice(Node node, Shape.Choice choice) {
        if (node instanceof Node.Mapping mapping) {
            return members(
                    mapping,
                    key -> {
                        Setting setting = choice.alternatives.get(key);
                        return setting == null ? null : setting.shape;
                    });
        }
        String key = choice.shortKey;
        Setting chosen = key == null ? null : choice.alternatives.get(key);
        return key == null || chosen == null || node.isNull()
                ? node
                : Node.Mapping.of(node.place(), key, expand(node, chosen.shape));
    }

    private interface ShapeOfKey {
        @Nullable Shape find(String key);
    }

    private static Node.Mapping members(Node.Mapping mapping, ShapeOfKey shapes) {
        SequencedMap<String, Node.Member> expanded = new LinkedHashMap<>();
        for (var entry : mapping.entries()) {
            Node.Member member = entry.getValue();
            Shape shape = shapes.find(entry.getKey());
            expanded.put(
                    entry.getKey(),
                    shape == null
                            ? member
                            : new Node.Member(member.keyPlace(), expand(member.value(), shape)));
        }
        return new Node.Mapping(mapping.place(), expanded);
    }
}
