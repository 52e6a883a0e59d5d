package dev.carve.config;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The values of the blocks that other modules own inside a record. Immutable. */
public final class Extensions {

    /** No block; for records made by hand. */
    public static final Extensions NONE = new Extensions(Map.of());

    private final Map<String, Object> values;

    Extensions(Map<String, Object> values) {
        this.values = values;
    }

    /** One block and its value; for records made by hand. */
    public static <T> Extensions of(Block<T> block, T value) {
        return new Extensions(Map.of(block.key(), value));
    }

    /** The value of the block, if it is present or has a default. */
    @SuppressWarnings("unchecked") // Bound by the type of the block of that key.
    public <T> Optional<T> find(Block<T> block) {
        return Optional.ofNullable((T) values.get(block.key()));
    }

    /**
     * The value of a block that is required or has a default.
     *
     * @throws IllegalStateException if it is absent
     */
    public <T> T value(Block<T> block) {
        return find(block).orElseThrow(() -> new IllegalStateException("no block " + block.key()));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Extensions that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    /** Only the keys: values may hold secrets. */
    @Override
    public String toString() {
        return "Extensions" + values.keySet();
    }
}
