package dev.carve.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * All that a file may hold: the blocks that the modules registered. Immutable, made once per
 * process.
 */
public final class Schema {

    static final String INCLUDE = "include";

    private final Shape.Fields root;

    private Schema(Shape.Fields root) {
        this.root = root;
    }

    public static Schema of(Registration... registrations) {
        return of(List.of(registrations));
    }

    /**
     * Reads the types of the blocks.
     *
     * @throws IllegalArgumentException if a type cannot be configuration, two blocks have the same
     *     key, or an extension has no place
     */
    public static Schema of(Collection<? extends Registration> registrations) {
        List<Block<?>> blocks = new ArrayList<>();
        blocks.add(
                Block.listOf(INCLUDE, String.class)
                        .optional()
                        .doc(
                                "Further files whose lists and maps are added to this one's, as"
                                        + " names relative to this file; `*` and `?` match within a"
                                        + " name."));
        for (Registration each : registrations) {
            if (each instanceof Block<?> block) {
                blocks.add(block);
            }
        }
        ShapeReader reader = new ShapeReader(List.copyOf(registrations));
        Schema schema = new Schema(reader.root(blocks));
        reader.requireAllUsed();
        return schema;
    }

    /**
     * Binds every declared default; for a test of the whole program, since a wrong one otherwise
     * shows when it is first used.
     *
     * @throws IllegalStateException if a default does not fit its own type
     */
    public void requireDefaults() {
        requireDefaults(root, new HashSet<>());
    }

    private static void requireDefaults(Shape shape, Set<Shape> done) {
        switch (shape) {
            case Shape.Scalar _ -> {}
            case Shape.Sequence(Shape element) -> requireDefaults(element, done);
            case Shape.Table(Shape value, _) -> requireDefaults(value, done);
            case Shape.Fields fields -> {
                if (done.add(fields)) {
                    fields.settings.values().forEach(each -> requireDefault(each, done));
                }
            }
            case Shape.Choice choice ->
                    choice.alternatives.values().forEach(each -> requireDefault(each, done));
        }
    }

    private static void requireDefault(Setting setting, Set<Shape> done) {
        if (setting.presence == Presence.DEFAULT) {
            setting.defaults();
        }
        requireDefaults(setting.shape, done);
    }

    Shape.Fields root() {
        return root;
    }
}
