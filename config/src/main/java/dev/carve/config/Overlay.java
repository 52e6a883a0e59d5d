package dev.carve.config;

import dev.carve.config.KeyPath.Step;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lays values from the environment and from flags over the tree of the files. */
final class Overlay {

    private final Diagnostics diagnostics;

    Overlay(Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
    }

    /** The tree with the value at the path; the tree itself if that is impossible. */
    Node set(Node tree, Shape shape, KeyPath path, String text, Place place) {
        List<Step> steps = path.steps();
        Node changed = set(tree, shape, steps, 0, path, text, place);
        return changed == null ? tree : changed;
    }

    /** Null if a list has no such element, which has been told. */
    private @Nullable Node set(
            Node node,
            @Nullable Shape shape,
            List<Step> steps,
            int depth,
            KeyPath path,
            String text,
            Place place) {
        if (depth == steps.size()) {
            return value(node, shape, path, text, place);
        }
        return switch (steps.get(depth)) {
            case Step.Name(String key) -> {
                Node.Mapping mapping =
                        node instanceof Node.Mapping present ? present : Node.Mapping.empty(place);
                Node.Member member = mapping.members().get(key);
                Node old = member == null ? absent(place) : member.value();
                Node changed = set(old, child(shape, key), steps, depth + 1, path, text, place);
                yield changed == null
                        ? null
                        : mapping.with(
                                key,
                                new Node.Member(
                                        member == null ? place : member.keyPlace(), changed));
            }
            case Step.Index(int index) -> {
                List<Node> items =
                        node instanceof Node.Sequence sequence
                                ? new ArrayList<>(sequence.items())
                                : new ArrayList<>();
                if (index > items.size()) {
                    diagnostics.error(
                            place, path, "the list has only " + items.size() + " elements");
                    yield null;
                }
                if (index == items.size()) {
                    items.add(absent(place));
                }
                Shape element = shape instanceof Shape.Sequence(Shape each) ? each : null;
                Node changed = set(items.get(index), element, steps, depth + 1, path, text, place);
                if (changed == null) {
                    yield null;
                }
                items.set(index, changed);
                yield new Node.Sequence(
                        node instanceof Node.Sequence ? node.place() : place, items);
            }
        };
    }

    private static Node absent(Place place) {
        return new Node.Scalar(place, "", true);
    }

    static @Nullable Shape child(@Nullable Shape shape, String key) {
        return switch (shape) {
            case Shape.Fields fields -> {
                Setting setting = fields.settings.get(key);
                yield setting == null ? null : setting.shape;
            }
            case Shape.Choice choice -> {
                Setting setting = choice.alternatives.get(key);
                yield setting == null ? null : setting.shape;
            }
            case Shape.Table(Shape value, _) -> value;
            case Shape.Sequence _ -> null;
            case Shape.Scalar _ -> null;
            case null -> null;
        };
    }

    /**
     * One value is taken as it is, so that no password needs quotes; a list or mapping is YAML in
     * flow form.
     */
    private Node value(Node old, @Nullable Shape shape, KeyPath path, String text, Place place) {
        boolean structured =
                !(shape instanceof Shape.Scalar)
                        && shape != null
                        && (text.startsWith("[") || text.startsWith("{"));
        Node node;
        if (structured) {
            Node read = new YamlReader(place, Filler.NONE, diagnostics).read(text, path);
            node = read == null ? old : read;
        } else {
            Node.Scalar scalar = new Node.Scalar(place, text, text.isEmpty());
            node = Filler.fillFile(scalar, path, diagnostics);
        }
        return shape == null ? node : Expander.expand(node, shape);
    }
}
