package dev.carve.carving.compare;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the rules say about one place of a document and, by its children, about those below. A walk
 * through a document walks along: one step in each, and no path is ever built to be looked up.
 *
 * <p>Immutable once compiled; any thread.
 */
final class RuleNode {

    /** Nothing here or below is compared. */
    static final RuleNode IGNORED = new RuleNode(true, false, false, null);

    static {
        IGNORED.link(Map.of(), IGNORED);
    }

    private static final int NO_INDEX = -1;

    final boolean ignored;

    /** Whether a difference here counts; if not, one further below may. */
    final boolean selected;

    /** Whether an array here is compared without its order. */
    final boolean sorted;

    /** For the numbers here and, unless they say otherwise, below. */
    final @Nullable Tolerance tolerance;

    // Written once by the compiler, before anybody walks here.
    private byte[][] names = {};
    private int[] indexes = {};
    private RuleNode[] children = {};
    private RuleNode any = this;

    RuleNode(boolean ignored, boolean selected, boolean sorted, @Nullable Tolerance tolerance) {
        this.ignored = ignored;
        this.selected = selected;
        this.sorted = sorted;
        this.tolerance = tolerance;
    }

    void link(Map<String, RuleNode> named, RuleNode others) {
        any = others;
        names = new byte[named.size()][];
        indexes = new int[named.size()];
        children = new RuleNode[named.size()];
        int i = 0;
        for (Map.Entry<String, RuleNode> entry : new TreeMap<>(named).entrySet()) {
            names[i] = entry.getKey().getBytes(StandardCharsets.UTF_8);
            indexes[i] =
                    entry.getKey().matches("0|[1-9][0-9]{0,8}")
                            ? Integer.parseInt(entry.getKey())
                            : NO_INDEX;
            children[i] = entry.getValue();
            i++;
        }
    }

    /** The rules for a member of an object. */
    RuleNode member(JsonTape tape, int node) {
        for (int i = 0; i < names.length; i++) {
            if (tape.keyIs(node, names[i])) {
                return children[i];
            }
        }
        return any;
    }

    /**
     * The rules for an element of an array, counted from 0. Where the order does not matter,
     * indexes mean nothing and only {@code *} holds.
     */
    RuleNode element(int index) {
        if (sorted) {
            return any;
        }
        for (int i = 0; i < indexes.length; i++) {
            if (indexes[i] == index) {
                return children[i];
            }
        }
        return any;
    }
}
