package dev.carve.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What differs between two configurations, by value: {@code 1000ms} and {@code 1s} are equal. */
public final class Diff {

    private static final int CHARS_MAX = 160;

    private final List<Change> changes = new ArrayList<>();

    private Diff() {}

    /**
     * One difference.
     *
     * @param path such as {@code routes[2].to}
     * @param before null if it was added
     * @param after null if it was removed
     */
    public record Change(String path, @Nullable String before, @Nullable String after) {

        /** {@code shutdown.grace: 10s -> 5s}. */
        @Override
        public String toString() {
            if (before == null) {
                return path + ": added " + after;
            }
            return after == null
                    ? path + ": removed " + before
                    : path + ": " + before + " -> " + after;
        }
    }

    /** The changes from {@code a} to {@code b} in the order of the file; no secrets. */
    public static List<Change> between(Loaded a, Loaded b) {
        Diff diff = new Diff();
        diff.compare(KeyPath.ROOT, a.tree(), b.tree());
        return List.copyOf(diff.changes);
    }

    private void compare(KeyPath path, @Nullable Node a, @Nullable Node b) {
        if (a instanceof Node.Mapping before && b instanceof Node.Mapping after) {
            Set<String> keys = new LinkedHashSet<>(before.members().keySet());
            keys.addAll(after.members().keySet());
            keys.forEach(key -> compare(path.key(key), before.find(key), after.find(key)));
        } else if (a instanceof Node.Sequence before && b instanceof Node.Sequence after) {
            sequences(path, before.items(), after.items());
        } else if (!same(a, b)) {
            changes.add(new Change(path.toString(), text(a), text(b)));
        }
    }

    /**
     * What is equal at both ends is passed over, so that one element more or less is one change;
     * the rest is compared pair by pair. A path counts in the new list, but for what was removed.
     */
    private void sequences(KeyPath path, List<Node> a, List<Node> b) {
        int shorter = Math.min(a.size(), b.size());
        int head = 0;
        while (head < shorter && same(a.get(head), b.get(head))) {
            head++;
        }
        int tail = 0;
        while (tail < shorter - head
                && same(a.get(a.size() - 1 - tail), b.get(b.size() - 1 - tail))) {
            tail++;
        }
        int end = Math.max(a.size(), b.size()) - tail;
        for (int i = head; i < end; i++) {
            Node before = i < a.size() - tail ? a.get(i) : null;
            Node after = i < b.size() - tail ? b.get(i) : null;
            compare(path.index(i), before, after);
        }
    }

    private static boolean same(@Nullable Node a, @Nullable Node b) {
        if (a instanceof Node.Scalar before && b instanceof Node.Scalar after) {
            return before.text().equals(after.text())
                    || Objects.equals(before.value(), after.value());
        }
        if (a instanceof Node.Mapping before && b instanceof Node.Mapping after) {
            return before.members().keySet().equals(after.members().keySet())
                    && before.members().keySet().stream()
                            .allMatch(key -> same(before.find(key), after.find(key)));
        }
        if (a instanceof Node.Sequence before && b instanceof Node.Sequence after) {
            return before.items().size() == after.items().size()
                    && IntStream.range(0, before.items().size())
                            .allMatch(i -> same(before.items().get(i), after.items().get(i)));
        }
        return a == null && b == null;
    }

    private static @Nullable String text(@Nullable Node node) {
        return node == null ? null : Display.cut(Renderer.flow(node), CHARS_MAX);
    }
}
