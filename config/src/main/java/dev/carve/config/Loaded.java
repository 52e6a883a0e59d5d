package dev.carve.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A configuration that can be used: the values and where each came from. Immutable. */
public final class Loaded implements LoadResult {

    private final Extensions values;
    private final Node tree;
    private final List<Diagnostic> warnings;
    private final Set<Path> sources;

    Loaded(Extensions values, Node tree, List<Diagnostic> warnings, Set<Path> sources) {
        this.values = values;
        this.tree = tree;
        this.warnings = warnings;
        this.sources = sources;
    }

    /**
     * The value of a block that is required or has a default.
     *
     * @throws IllegalStateException if the block is absent or not registered
     */
    public <T> T value(Block<T> block) {
        return values.value(block);
    }

    /** The value of a block, if it is present or has a default. */
    public <T> Optional<T> find(Block<T> block) {
        return values.find(block);
    }

    public List<Diagnostic> warnings() {
        return warnings;
    }

    /** The files and folders whose change may change this configuration, absolute. */
    public Set<Path> sources() {
        return sources;
    }

    /**
     * Which source set the value at the path; DEFAULT if none did. A mapping or list counts as set
     * by the file as soon as the file holds it.
     */
    public Origin origin(String path) {
        Node node = Tree.find(tree, KeyPath.parse(path));
        return node == null ? Origin.DEFAULT : node.place().origin();
    }

    /** Where the value at the path, or its nearest parent, was written: {@code carve.yaml:4:3}. */
    public String place(String path) {
        return Tree.nearest(tree, KeyPath.parse(path)).place().toString();
    }

    Node tree() {
        return tree;
    }

    /** No values: they may be secret. */
    @Override
    public String toString() {
        return "Loaded[" + tree.place().source() + "]";
    }
}
