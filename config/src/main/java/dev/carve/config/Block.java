package dev.carve.config;

import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A key of the file and the type of its value, owned by one module. At the top of the file it is
 * registered as it is; inside another module's record as {@link #in an extension}. The value is
 * read with {@link Loaded#value} or {@link Extensions#find} and this same object.
 *
 * @param <T> a record, a scalar, a {@code List} or a {@code Map} of them
 */
public final class Block<T> implements Registration {

    private final String key;
    private final Type type;
    private final Presence presence;
    private final String defaultText;
    private final String doc;

    private Block(String key, Type type, Presence presence, String defaultText, String doc) {
        this.key = key;
        this.type = type;
        this.presence = presence;
        this.defaultText = defaultText;
        this.doc = doc;
    }

    /** A block that may be absent. */
    public static <T> Block<T> of(String key, Class<T> type) {
        return new Block<>(key, type, Presence.OPTIONAL, "", "");
    }

    /** A list; empty when absent. */
    public static <R> Block<List<R>> listOf(String key, Class<R> element) {
        return new Block<>(
                key, new Generic(List.class, List.of(element)), Presence.DEFAULT, "[]", "");
    }

    /** A map by name, in the order of the file; empty when absent. */
    public static <R> Block<Map<String, R>> mapOf(String key, Class<R> value) {
        Type type = new Generic(Map.class, List.of(String.class, value));
        return new Block<>(key, type, Presence.DEFAULT, "{}", "");
    }

    /** The value when the block is absent, as YAML text. */
    public Block<T> orElse(String yaml) {
        return new Block<>(key, type, Presence.DEFAULT, yaml, doc);
    }

    public Block<T> required() {
        return new Block<>(key, type, Presence.REQUIRED, "", doc);
    }

    /** A block without a default, which may be absent. */
    public Block<T> optional() {
        return new Block<>(key, type, Presence.OPTIONAL, "", doc);
    }

    /** What it means, in one or two sentences. */
    public Block<T> doc(String text) {
        return new Block<>(key, type, presence, defaultText, text);
    }

    /** This block inside each {@code owner} record, which has a component of type Extensions. */
    public Registration in(Class<? extends Record> owner) {
        return new Extension(owner, this);
    }

    public String key() {
        return key;
    }

    Type type() {
        return type;
    }

    Presence presence() {
        return presence;
    }

    @Nullable String defaultText() {
        return presence == Presence.DEFAULT ? defaultText : null;
    }

    String docText() {
        return doc;
    }

    record Extension(Class<? extends Record> owner, Block<?> block) implements Registration {}
}
