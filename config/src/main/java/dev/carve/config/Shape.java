package dev.carve.config;

import java.lang.reflect.Constructor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a value in the file may look like. Made once per Java type; immutable when published. */
sealed interface Shape {

    /** What a message says was expected. */
    String expected();

    /**
     * One value without structure.
     *
     * @param name short, for tables: {@code duration}
     * @param json the JSON schema's type
     * @param pattern a regular expression for editors; null where none helps
     * @param choices the only texts allowed, with what each means; empty if any
     * @param parser throws IllegalArgumentException
     */
    record Scalar(
            String name,
            String expected,
            String json,
            @Nullable String pattern,
            SequencedMap<String, String> choices,
            Function<String, ?> parser,
            Limits limits)
            implements Shape {}

    /** Inclusive bounds, as text and as values; null where there is none. */
    record Limits(
            @Nullable String minText,
            @Nullable String maxText,
            @Nullable Object min,
            @Nullable Object max) {

        static final Limits NONE = new Limits(null, null, null, null);

        @SuppressWarnings("unchecked") // Bounds and value come from the same parser.
        boolean allow(Object value) {
            return (min == null || ((Comparable<Object>) value).compareTo(min) >= 0)
                    && (max == null || ((Comparable<Object>) value).compareTo(max) <= 0);
        }
    }

    record Sequence(Shape element) implements Shape {
        @Override
        public String expected() {
            return element.expected() + ", or a list of them";
        }
    }

    /**
     * A mapping with any keys.
     *
     * @param shortKey a single value stands for a mapping with this key; null if it must not
     */
    record Table(Shape value, @Nullable String shortKey) implements Shape {
        @Override
        public String expected() {
            return shortKey == null
                    ? "a mapping by name"
                    : value.expected() + ", or a mapping by name";
        }
    }

    /** A mapping with known keys that becomes a record. */
    final class Fields implements Shape {
        /** Null for the whole file. */
        final @Nullable Class<?> type;

        final String doc;

        // Filled by ShapeReader before the schema is published, since records may contain
        // themselves.
        List<Component> components = List.of();
        SequencedMap<String, Setting> settings = new LinkedHashMap<>();
        @Nullable Setting shortForm;
        @Nullable Constructor<?> constructor;

        Fields(@Nullable Class<?> type, String doc) {
            this.type = type;
            this.doc = doc;
        }

        @Override
        public String expected() {
            String keys = "a mapping with keys such as " + firstKeys();
            return shortForm == null ? keys : shortForm.shape.expected() + ", or " + keys;
        }

        private String firstKeys() {
            return String.join(", ", settings.sequencedKeySet().stream().limit(4).toList());
        }
    }

    /** A mapping with exactly one of several keys, which chooses the record. */
    final class Choice implements Shape {
        final Class<?> type;
        final SequencedMap<String, Setting> alternatives = new LinkedHashMap<>();
        @Nullable String shortKey;

        Choice(Class<?> type) {
            this.type = type;
        }

        @Override
        public String expected() {
            String one = "one of " + Display.choices(List.copyOf(alternatives.keySet()));
            return shortKey == null ? one : shortForm(shortKey).shape.expected() + ", or " + one;
        }

        private Setting shortForm(String key) {
            Setting alternative = alternatives.get(key);
            if (alternative == null) {
                throw new IllegalStateException("no alternative " + key);
            }
            return alternative;
        }
    }

    /** How one argument of a record's constructor is made from the keys of its mapping. */
    sealed interface Component {
        /** One key. */
        record One(Setting setting) implements Component {}

        /** One of the choice's keys. */
        record OneOf(Choice choice, Presence presence) implements Component {}

        /** The keys that other modules own. */
        record Others(List<Setting> settings) implements Component {}
    }
}
