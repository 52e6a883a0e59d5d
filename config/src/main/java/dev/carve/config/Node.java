package dev.carve.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * A piece of configuration before and after binding. The tree that comes out of binding holds every
 * default and, at its leaves, the bound values; rendering and comparing read only that tree.
 */
sealed interface Node {

    Place place();

    /** Nothing was written after the key. */
    default boolean isNull() {
        return false;
    }

    /**
     * One value.
     *
     * @param plain without quotes, so that nothing and {@code null} mean no value
     * @param secret came from a file of secrets or belongs to a secret setting
     * @param value what it was bound to; {@link Flaw#BROKEN} if already told
     */
    record Scalar(Place place, String text, boolean plain, boolean secret, @Nullable Object value)
            implements Node {

        /** The value of a scalar whose problem has been told. */
        enum Flaw {
            BROKEN
        }

        boolean broken() {
            return value == Flaw.BROKEN;
        }

        Scalar(Place place, String text, boolean plain) {
            this(place, text, plain, false, null);
        }

        @Override
        public boolean isNull() {
            return plain && (text.isEmpty() || text.equals("~") || text.equals("null"));
        }
    }

    record Sequence(Place place, List<Node> items) implements Node {}

    record Mapping(Place place, SequencedMap<String, Member> members) implements Node {

        static Mapping of(Place place, String key, Node value) {
            SequencedMap<String, Member> members = new LinkedHashMap<>();
            members.put(key, new Member(place, value));
            return new Mapping(place, members);
        }

        static Mapping empty(Place place) {
            return new Mapping(place, new LinkedHashMap<>());
        }

        @Nullable Node find(String key) {
            Member member = members.get(key);
            return member == null ? null : member.value();
        }

        Mapping with(String key, Member member) {
            SequencedMap<String, Member> changed = new LinkedHashMap<>(members);
            changed.put(key, member);
            return new Mapping(place, changed);
        }

        Iterable<Map.Entry<String, Member>> entries() {
            return members.entrySet();
        }
    }

    /**
     * What stands at a key of a mapping.
     *
     * @param keyPlace where the key is written
     */
    record Member(Place keyPlace, Node value) {}
}
