package dev.carve.config;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads shapes from Java types, once per type. Used while a schema is made, by one thread. */
final class ShapeReader {

    private final Map<Class<?>, Shape> known = new HashMap<>();
    private final Map<Class<?>, List<Block<?>>> extensions = new HashMap<>();
    private final Map<Class<?>, List<Class<?>>> alternatives = new HashMap<>();

    ShapeReader(List<Registration> registrations) {
        for (Registration registration : registrations) {
            switch (registration) {
                case Block<?> _ -> {}
                case Block.Extension(var owner, var block) ->
                        extensions.computeIfAbsent(owner, _ -> new ArrayList<>()).add(block);
                case Alternative<?>(var choice, var type) ->
                        alternatives.computeIfAbsent(choice, _ -> new ArrayList<>()).add(type);
            }
        }
    }

    /** The shape of the whole file: its value is the extensions of nothing. */
    Shape.Fields root(List<Block<?>> blocks) {
        Shape.Fields root = new Shape.Fields(null, "");
        List<Setting> settings = new ArrayList<>();
        for (Block<?> block : blocks) {
            Setting setting = setting(block);
            settings.add(setting);
            add(root, setting, "the file");
        }
        root.components = List.of(new Shape.Component.Others(settings));
        return root;
    }

    /** Fails for an extension or alternative that no type has a place for. */
    void requireAllUsed() {
        extensions
                .keySet()
                .forEach(owner -> {
                    boolean used =
                            known.get(owner) instanceof Shape.Fields fields
                                    && fields.components.stream()
                                            .anyMatch(Shape.Component.Others.class::isInstance);
                    require(used, owner, "is extended but has no Extensions component");
                });
        alternatives
                .keySet()
                .forEach(choice -> require(known.containsKey(choice), choice, "is not used"));
    }

    private Setting setting(Block<?> block) {
        return new Setting(
                block.key(),
                shape(block.type(), NO_ANNOTATIONS),
                block.presence(),
                block.defaultText(),
                block.docText(),
                false);
    }

    private static final AnnotatedElement NO_ANNOTATIONS = Object.class;

    private Shape shape(Type type, AnnotatedElement annotated) {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            if (generic.getRawType() == List.class) {
                return new Shape.Sequence(shape(arguments[0], annotated));
            }
            if (generic.getRawType() == Map.class && arguments[0] == String.class) {
                ShortKey key = annotated.getAnnotation(ShortKey.class);
                return new Shape.Table(
                        shape(arguments[1], annotated), key == null ? null : key.value());
            }
        } else if (type instanceof Class<?> plain) {
            Shape shape = ofClass(plain);
            return shape instanceof Shape.Scalar scalar ? refine(scalar, annotated) : shape;
        }
        throw new IllegalArgumentException(type + " is no type for configuration");
    }

    private Shape ofClass(Class<?> type) {
        Shape seen = known.get(type);
        if (seen != null) {
            return seen;
        }
        Shape shape = Scalars.find(type);
        if (shape == null) {
            Method parse = parseMethod(type);
            if (parse != null) {
                shape = custom(type, parse);
            } else if (type.isEnum()) {
                shape = enumeration(type);
            } else if (type.isRecord()) {
                return record(type);
            } else if (type.isSealed() || type.isAnnotationPresent(Open.class)) {
                return choice(type);
            } else {
                throw new IllegalArgumentException(type + " is no type for configuration");
            }
        }
        known.put(type, shape);
        return shape;
    }

    private Shape.Fields record(Class<?> type) {
        Shape.Fields shape = new Shape.Fields(type, doc(type));
        known.put(type, shape);
        RecordComponent[] parts = type.getRecordComponents();
        List<Shape.Component> components = new ArrayList<>(parts.length);
        Class<?>[] types = new Class<?>[parts.length];
        for (int i = 0; i < parts.length; i++) {
            types[i] = parts[i].getType();
            components.add(component(shape, parts[i]));
        }
        shape.components = components;
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            shape.constructor = constructor;
        } catch (NoSuchMethodException impossible) {
            throw new IllegalStateException("no canonical constructor of " + type, impossible);
        }
        return shape;
    }

    private Shape.Component component(Shape.Fields owner, RecordComponent part) {
        if (part.getType() == Extensions.class) {
            List<Setting> settings = new ArrayList<>();
            Class<?> type = part.getDeclaringRecord();
            for (Block<?> block : extensions.getOrDefault(type, List.of())) {
                Setting setting = setting(block);
                settings.add(setting);
                add(owner, setting, type);
            }
            return new Shape.Component.Others(settings);
        }
        Presence presence = presence(part);
        Type type = part.getGenericType();
        if (presence == Presence.OPTIONAL && type instanceof ParameterizedType generic) {
            type = generic.getActualTypeArguments()[0];
        }
        Shape shape = shape(type, part);
        if (part.isAnnotationPresent(Inline.class)) {
            require(shape instanceof Shape.Choice, part, "is inline but no choice");
            require(presence != Presence.DEFAULT, part, "is inline and cannot have a default");
            Shape.Choice choice = (Shape.Choice) shape;
            choice.alternatives.values().forEach(each -> add(owner, each, part));
            return new Shape.Component.OneOf(choice, presence);
        }
        Setting setting =
                new Setting(
                        key(part),
                        shape,
                        presence,
                        defaultText(part),
                        doc(part),
                        part.isAnnotationPresent(Secret.class));
        add(owner, setting, part);
        if (part.isAnnotationPresent(Short.class)) {
            require(owner.shortForm == null, part, "is a second short form");
            owner.shortForm = setting;
        }
        return new Shape.Component.One(setting);
    }

    private static void add(Shape.Fields owner, Setting setting, Object where) {
        require(owner.settings.put(setting.key, setting) == null, where, "repeats " + setting.key);
    }

    private static Presence presence(RecordComponent part) {
        if (part.isAnnotationPresent(Default.class)) {
            return Presence.DEFAULT;
        }
        if (part.getType() == Optional.class) {
            return Presence.OPTIONAL;
        }
        return part.getAnnotatedType().isAnnotationPresent(Nullable.class)
                ? Presence.NULLABLE
                : Presence.REQUIRED;
    }

    private static @Nullable String defaultText(RecordComponent part) {
        Default declared = part.getAnnotation(Default.class);
        return declared == null ? null : declared.value();
    }

    private static String key(RecordComponent part) {
        Key key = part.getAnnotation(Key.class);
        return key == null ? snakeCase(part.getName()) : key.value();
    }

    /** {@code shutdownGrace} as {@code shutdown_grace}. */
    static String snakeCase(String name) {
        StringBuilder out = new StringBuilder(name.length() + 4);
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (Character.isUpperCase(c)) {
                out.append('_');
            }
            out.append(Character.toLowerCase(c));
        }
        return out.toString();
    }

    private static String doc(AnnotatedElement element) {
        Doc doc = element.getAnnotation(Doc.class);
        return doc == null ? "" : doc.value();
    }

    private Shape.Choice choice(Class<?> type) {
        Shape.Choice choice = new Shape.Choice(type);
        known.put(type, choice);
        List<Class<?>> records = new ArrayList<>(alternatives.getOrDefault(type, List.of()));
        Class<?>[] permitted = type.getPermittedSubclasses();
        records.addAll(0, permitted == null ? List.of() : List.of(permitted));
        for (Class<?> each : records) {
            Key key = each.getAnnotation(Key.class);
            require(key != null && each.isRecord(), each, "is no record with a @Key");
            String name = key == null ? "" : key.value();
            Shape shape = ofClass(each);
            require(
                    choice.alternatives.put(name, Setting.required(name, shape, doc(each))) == null,
                    each,
                    "repeats the key " + name);
            if (each.isAnnotationPresent(Short.class)) {
                require(choice.shortKey == null, each, "is a second short form");
                choice.shortKey = name;
            }
        }
        return choice;
    }

    private static Shape.Scalar enumeration(Class<?> type) {
        SequencedMap<String, String> choices = new LinkedHashMap<>();
        Map<String, Object> constants = new HashMap<>();
        for (Object constant : type.getEnumConstants()) {
            String declared = ((Enum<?>) constant).name();
            String name = declared.toLowerCase(Locale.ROOT);
            try {
                choices.put(name, doc(type.getField(declared)));
            } catch (NoSuchFieldException impossible) {
                throw new IllegalStateException("no constant " + declared, impossible);
            }
            constants.put(name, constant);
        }
        return Scalars.ofEnum(choices, constants);
    }

    private static @Nullable Method parseMethod(Class<?> type) {
        try {
            Method parse = type.getDeclaredMethod("parse", String.class);
            boolean usable =
                    Modifier.isStatic(parse.getModifiers())
                            && Modifier.isPublic(parse.getModifiers())
                            && type.isAssignableFrom(parse.getReturnType());
            return usable ? parse : null;
        } catch (NoSuchMethodException none) {
            return null;
        }
    }

    private static Shape.Scalar custom(Class<?> type, Method parse) {
        parse.setAccessible(true);
        Function<String, Object> parser =
                text -> {
                    try {
                        return parse.invoke(null, text);
                    } catch (InvocationTargetException thrown) {
                        if (thrown.getCause() instanceof IllegalArgumentException bad) {
                            throw bad;
                        }
                        throw new IllegalStateException("cannot parse " + type, thrown.getCause());
                    } catch (IllegalAccessException impossible) {
                        throw new IllegalStateException("cannot call " + parse, impossible);
                    }
                };
        String name = snakeCase(type.getSimpleName()).substring(1).replace('_', ' ');
        String expected = declaredExpected(type);
        return Scalars.of(
                name, expected.isEmpty() ? "a " + name : expected, "string", null, parser);
    }

    private static String declaredExpected(Class<?> type) {
        try {
            Field expected = type.getDeclaredField("EXPECTED");
            expected.setAccessible(true);
            return (String) expected.get(null);
        } catch (NoSuchFieldException none) {
            return "";
        } catch (IllegalAccessException impossible) {
            throw new IllegalStateException("cannot read EXPECTED of " + type, impossible);
        }
    }

    /** The shape with the component's own bounds and words. */
    private static Shape.Scalar refine(Shape.Scalar shape, AnnotatedElement annotated) {
        Range range = annotated.getAnnotation(Range.class);
        Expected words = annotated.getAnnotation(Expected.class);
        if (range == null && words == null) {
            return shape;
        }
        String expected = words == null ? shape.expected() : words.value();
        Shape.Limits limits = shape.limits();
        if (range != null) {
            String min = range.min().isEmpty() ? null : range.min();
            String max = range.max().isEmpty() ? null : range.max();
            limits = new Shape.Limits(min, max, bound(shape, min), bound(shape, max));
            if (words == null) {
                expected += (expected.contains(" such as ") ? "," : "") + words(min, max);
            }
        }
        return new Shape.Scalar(
                shape.name(),
                expected,
                shape.json(),
                shape.pattern(),
                shape.choices(),
                shape.parser(),
                limits);
    }

    private static String words(@Nullable String min, @Nullable String max) {
        if (min == null) {
            return " at most " + max;
        }
        return max == null ? " at least " + min : " from " + min + " to " + max;
    }

    private static @Nullable Object bound(Shape.Scalar shape, @Nullable String text) {
        if (text == null) {
            return null;
        }
        Object value = shape.parser().apply(text);
        require(value instanceof Comparable, shape.name(), "has no order for a range");
        return value;
    }

    private static void require(boolean condition, Object what, String problem) {
        if (!condition) {
            throw new IllegalArgumentException(what + " " + problem);
        }
    }
}
