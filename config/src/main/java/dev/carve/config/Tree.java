package dev.carve.config;

import dev.carve.config.KeyPath.Step;
import org.jspecify.annotations.Nullable;

/** Finds nodes by path. */
final class Tree {

    private Tree() {}

    static @Nullable Node find(Node root, KeyPath path) {
        Node at = root;
        for (Step step : path.steps()) {
            Node next = child(at, step);
            if (next == null) {
                return null;
            }
            at = next;
        }
        return at;
    }

    /** The node at the path, or the last one on the way that was written by somebody. */
    static Node nearest(Node root, KeyPath path) {
        Node at = root;
        Node written = root;
        for (Step step : path.steps()) {
            Node next = child(at, step);
            if (next == null) {
                break;
            }
            at = next;
            if (at.place().origin() != Origin.DEFAULT) {
                written = at;
            }
        }
        return written;
    }

    private static @Nullable Node child(Node node, Step step) {
        return switch (step) {
            case Step.Name(String key) ->
                    node instanceof Node.Mapping mapping ? mapping.find(key) : null;
            case Step.Index(int index) ->
                    node instanceof Node.Sequence(_, var items)
                                    && index >= 0
                                    && index < items.size()
                            ? items.get(index)
                            : null;
        };
    }
}
