package dev.carve.gateway.route;

import dev.carve.gateway.route.RouteMatch.Literal;
import dev.carve.gateway.route.RouteMatch.Rest;
import dev.carve.gateway.route.RouteMatch.Segment;
import dev.carve.gateway.route.RouteMatch.Subtree;
import dev.carve.gateway.route.RouteMatch.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All paths of a snapshot as one trie of segments with a root per host, in flat arrays: a row of
 * ints per node, one byte arena for the labels, and one open-addressing table for all literal
 * children. A node is 32 bytes and its label; a lookup reads about three cache lines a segment.
 *
 * <p>Thread: immutable after {@link Draft#build}.
 */
final class Trie {

    /** No node and no leaf; node 0 is nobody's child and leaf 0 is empty. */
    static final int NONE = 0;

    private static final int PARENT = 0;
    private static final int HASH = 1;
    private static final int LABEL = 2;
    private static final int LABEL_END = 3;
    private static final int VARIABLE = 4;
    private static final int END_LEAF = 5;
    private static final int REST_LEAF = 6;
    private static final int LITERALS = 7;
    private static final int COLUMNS = 8;

    private final int[] nodes;
    private final byte[] labels;
    private final int[] slots;

    private Trie(int[] nodes, byte[] labels, int[] slots) {
        this.nodes = nodes;
        this.labels = labels;
        this.slots = slots;
    }

    int nodes() {
        return nodes.length / COLUMNS;
    }

    boolean hasLiterals(int node) {
        return nodes[node * COLUMNS + LITERALS] != 0;
    }

    /** The child for one whole segment of any text. */
    int variable(int node) {
        return nodes[node * COLUMNS + VARIABLE];
    }

    /** The routes whose path ends at this node. */
    int endLeaf(int node) {
        return nodes[node * COLUMNS + END_LEAF];
    }

    /** The routes that take everything below this node. */
    int restLeaf(int node) {
        return nodes[node * COLUMNS + REST_LEAF];
    }

    /** The child whose label is {@code text[from..to)}. */
    int literal(int parent, byte[] text, int from, int to, int hash) {
        int mask = slots.length - 1;
        for (int slot = slot(parent, hash, mask); ; slot = (slot + 1) & mask) {
            int child = slots[slot];
            if (child == NONE) {
                return NONE;
            }
            int row = child * COLUMNS;
            if (nodes[row + HASH] == hash
                    && nodes[row + PARENT] == parent
                    && same(row, text, from, to)) {
                return child;
            }
        }
    }

    private boolean same(int row, byte[] text, int from, int to) {
        return Arrays.equals(labels, nodes[row + LABEL], nodes[row + LABEL_END], text, from, to);
    }

    private static int slot(int parent, int hash, int mask) {
        int mixed = (hash ^ parent * 0x9E3779B9) * 0x85EBCA6B;
        return (mixed ^ mixed >>> 15) & mask;
    }

    static int hash(byte[] text, int from, int to) {
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = next(hash, text[i]);
        }
        return hash;
    }

    static int next(int hash, byte value) {
        return hash * 31 + value;
    }

    /** A trie being built; thread: one. */
    static final class Draft {

        private static final class Node {
            final int parent;
            final byte @Nullable [] label;
            final Map<String, Integer> literals = new HashMap<>();
            int variable;
            int endLeaf;
            int restLeaf;

            Node(int parent, byte @Nullable [] label) {
                this.parent = parent;
                this.label = label;
            }
        }

        private final List<Node> nodes = new ArrayList<>();
        private int leaves = 1;
        private int labelBytes;
        private int literals;

        Draft() {
            add(NONE, null);
        }

        int addRoot() {
            return add(NONE, null);
        }

        /** How many leaves there are, the empty one included. */
        int leaves() {
            return leaves;
        }

        /** The leaf of this path below a root. */
        int leaf(int root, List<Segment> path) {
            int at = root;
            for (Segment segment : path) {
                Node node = nodes.get(at);
                switch (segment) {
                    case Literal(String text) -> at = literal(at, text);
                    case Variable _ -> {
                        if (node.variable == NONE) {
                            node.variable = add(at, null);
                        }
                        at = node.variable;
                    }
                    case Rest _, Subtree _ -> {
                        if (node.restLeaf == NONE) {
                            node.restLeaf = leaves++;
                        }
                        return node.restLeaf;
                    }
                }
            }
            Node node = nodes.get(at);
            if (node.endLeaf == NONE) {
                node.endLeaf = leaves++;
            }
            return node.endLeaf;
        }

        private int literal(int parent, String text) {
            Map<String, Integer> known = nodes.get(parent).literals;
            Integer child = known.get(text);
            if (child == null) {
                byte[] label = PathText.bytes(text);
                labelBytes += label.length;
                literals++;
                child = add(parent, label);
                known.put(text, child);
            }
            return child;
        }

        private int add(int parent, byte @Nullable [] label) {
            nodes.add(new Node(parent, label));
            return nodes.size() - 1;
        }

        Trie build() {
            int[] rows = new int[nodes.size() * COLUMNS];
            byte[] labels = new byte[labelBytes];
            int[] slots = new int[Integer.highestOneBit(Math.max(4, literals * 2)) * 2];
            int end = 0;
            for (int i = 0; i < nodes.size(); i++) {
                Node node = nodes.get(i);
                int row = i * COLUMNS;
                rows[row + VARIABLE] = node.variable;
                rows[row + END_LEAF] = node.endLeaf;
                rows[row + REST_LEAF] = node.restLeaf;
                rows[row + LITERALS] = node.literals.size();
                byte[] label = node.label;
                if (label != null) {
                    System.arraycopy(label, 0, labels, end, label.length);
                    rows[row + PARENT] = node.parent;
                    rows[row + HASH] = hash(label, 0, label.length);
                    rows[row + LABEL] = end;
                    end += label.length;
                    rows[row + LABEL_END] = end;
                    insert(slots, i, node.parent, rows[row + HASH]);
                }
            }
            return new Trie(rows, labels, slots);
        }

        private static void insert(int[] slots, int node, int parent, int hash) {
            int mask = slots.length - 1;
            int slot = slot(parent, hash, mask);
            while (slots[slot] != NONE) {
                slot = (slot + 1) & mask;
            }
            slots[slot] = node;
        }
    }
}
