package dev.carve.config;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Turns expanded nodes into records and tells every problem on the way. A value that does not fit
 * yields null here; its neighbours are still bound so that one load tells all.
 */
final class Binder {

    /** Stands for a constructor argument whose problem has been told. */
    private enum Argument {
        FAILED
    }

    private final Diagnostics diagnostics;

    Binder(Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
    }

    /** Null if it does not fit; the problem has been told. */
    @Nullable Bound bind(Node node, Shape shape, KeyPath path, boolean secret) {
        return switch (shape) {
            case Shape.Scalar scalar -> scalar(node, scalar, path, secret);
            case Shape.Sequence sequence -> sequence(node, sequence, path, secret);
            case Shape.Table table -> table(node, table, path, secret);
            case Shape.Fields fields -> fields(node, fields, path, secret);
            case Shape.Choice choice -> choice(node, choice, path, secret);
        };
    }

    private @Nullable Bound scalar(Node node, Shape.Scalar shape, KeyPath path, boolean secret) {
        if (!(node instanceof Node.Scalar scalar)) {
            return misfit(node, shape, path, secret);
        }
        if (scalar.broken()) {
            return null;
        }
        if (scalar.isNull()) {
            return refuse(scalar, path, "no value" + expected(shape));
        }
        String shown = Display.quote(scalar, secret);
        try {
            Object value = shape.parser().apply(scalar.text());
            if (!shape.limits().allow(value)) {
                return refuse(scalar, path, shown + " is out of range" + expected(shape));
            }
            boolean hidden = secret || scalar.secret();
            if (hidden) {
                diagnostics.hide(scalar.text());
            }
            return new Bound(
                    value,
                    new Node.Scalar(scalar.place(), scalar.text(), scalar.plain(), hidden, value));
        } catch (BadValueException bad) {
            boolean suggests = bad.predicate().endsWith("?)");
            return refuse(
                    scalar,
                    path,
                    shown + " " + bad.predicate() + (suggests ? "" : expected(shape)));
        } catch (IllegalArgumentException bad) {
            return refuse(scalar, path, shown + " is not valid" + expected(shape));
        }
    }

    private @Nullable Bound sequence(
            Node node, Shape.Sequence shape, KeyPath path, boolean secret) {
        if (!(node instanceof Node.Sequence(Place place, List<Node> items))) {
            return misfit(node, shape, path, secret);
        }
        List<Object> values = new ArrayList<>(items.size());
        List<Node> nodes = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            Bound bound = bind(items.get(i), shape.element(), path.index(i), secret);
            if (bound != null) {
                values.add(bound.value());
                nodes.add(bound.node());
            }
        }
        return values.size() < items.size()
                ? null
                : new Bound(List.copyOf(values), new Node.Sequence(place, nodes));
    }

    private @Nullable Bound table(Node node, Shape.Table shape, KeyPath path, boolean secret) {
        if (!(node instanceof Node.Mapping mapping)) {
            return misfit(node, shape, path, secret);
        }
        SequencedMap<String, Object> values = new LinkedHashMap<>();
        SequencedMap<String, Node.Member> members = new LinkedHashMap<>();
        for (Map.Entry<String, Node.Member> entry : mapping.entries()) {
            String key = entry.getKey();
            Node.Member member = entry.getValue();
            Bound bound = bind(member.value(), shape.value(), path.key(key), secret);
            if (bound != null) {
                values.put(key, bound.value());
                members.put(key, new Node.Member(member.keyPlace(), bound.node()));
            }
        }
        return values.size() < mapping.members().size()
                ? null
                : new Bound(
                        Collections.unmodifiableSequencedMap(values),
                        new Node.Mapping(mapping.place(), members));
    }

    private @Nullable Bound fields(Node node, Shape.Fields shape, KeyPath path, boolean secret) {
        if (!(node instanceof Node.Mapping mapping)) {
            return misfit(node, shape, path, secret);
        }
        boolean known = tellUnknown(mapping, shape.settings, path);
        SequencedMap<String, Node.Member> members = new LinkedHashMap<>();
        @Nullable Object[] arguments = new @Nullable Object[shape.components.size()];
        boolean whole = known;
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] =
                    switch (shape.components.get(i)) {
                        case Shape.Component.One(Setting setting) ->
                                one(mapping, setting, path, secret, members);
                        case Shape.Component.OneOf oneOf ->
                                oneOf(mapping, oneOf, path, secret, members);
                        case Shape.Component.Others(List<Setting> settings) ->
                                others(mapping, settings, path, secret, members);
                    };
            whole &= arguments[i] != Argument.FAILED;
        }
        return whole
                ? construct(shape, arguments, new Node.Mapping(mapping.place(), members), path)
                : null;
    }

    private boolean tellUnknown(
            Node.Mapping mapping, SequencedMap<String, Setting> settings, KeyPath path) {
        boolean known = true;
        for (Map.Entry<String, Node.Member> entry : mapping.entries()) {
            if (!settings.containsKey(entry.getKey())) {
                known = false;
                diagnostics.error(
                        entry.getValue().keyPlace(),
                        path,
                        unknown(entry.getKey(), List.copyOf(settings.keySet())));
            }
        }
        return known;
    }

    private static String unknown(String key, List<String> known) {
        String suggestion = Suggestion.nearest(key, known);
        String expected = " (expected: " + Display.choices(known) + ")";
        return "unknown key " + Display.quote(key) + (suggestion.isEmpty() ? expected : suggestion);
    }

    /** The argument for one key; null only where the component is nullable. */
    private @Nullable Object one(
            Node.Mapping mapping,
            Setting setting,
            KeyPath path,
            boolean secret,
            SequencedMap<String, Node.Member> members) {
        Node.Member member = mapping.members().get(setting.key);
        boolean mayBeAbsent =
                setting.presence == Presence.NULLABLE || setting.presence == Presence.OPTIONAL;
        if (member == null || (mayBeAbsent && member.value().isNull())) {
            return absent(mapping, setting, path, members);
        }
        Bound bound =
                bind(
                        member.value(),
                        setting.shape,
                        path.key(setting.key),
                        secret || setting.secret);
        if (bound == null) {
            return Argument.FAILED;
        }
        members.put(setting.key, new Node.Member(member.keyPlace(), bound.node()));
        return setting.presence == Presence.OPTIONAL ? Optional.of(bound.value()) : bound.value();
    }

    private @Nullable Object absent(
            Node.Mapping mapping,
            Setting setting,
            KeyPath path,
            SequencedMap<String, Node.Member> members) {
        return switch (setting.presence) {
            case NULLABLE -> null;
            case OPTIONAL -> Optional.empty();
            case DEFAULT -> {
                Bound bound = setting.defaults();
                members.put(setting.key, new Node.Member(Place.DEFAULT, bound.node()));
                yield bound.value();
            }
            case REQUIRED -> {
                diagnostics.error(
                        mapping.place(),
                        path,
                        "missing key \"" + setting.key + "\"" + expected(setting.shape));
                yield Argument.FAILED;
            }
        };
    }

    private @Nullable Object oneOf(
            Node.Mapping mapping,
            Shape.Component.OneOf oneOf,
            KeyPath path,
            boolean secret,
            SequencedMap<String, Node.Member> members) {
        List<String> present = present(mapping, oneOf.choice());
        if (present.isEmpty() && oneOf.presence() == Presence.NULLABLE) {
            return null;
        }
        if (present.isEmpty() && oneOf.presence() == Presence.OPTIONAL) {
            return Optional.empty();
        }
        Bound bound = alternative(mapping, oneOf.choice(), present, path, secret);
        if (bound == null) {
            return Argument.FAILED;
        }
        if (bound.node() instanceof Node.Mapping chosen) {
            members.putAll(chosen.members());
        }
        return oneOf.presence() == Presence.OPTIONAL ? Optional.of(bound.value()) : bound.value();
    }

    private @Nullable Bound choice(Node node, Shape.Choice shape, KeyPath path, boolean secret) {
        if (!(node instanceof Node.Mapping mapping)) {
            return misfit(node, shape, path, secret);
        }
        boolean known = tellUnknown(mapping, shape.alternatives, path);
        List<String> present = present(mapping, shape);
        if (!known && present.isEmpty()) {
            return null;
        }
        Bound bound = alternative(mapping, shape, present, path, secret);
        if (bound != null
                && present.getFirst().equals(shape.shortKey)
                && bound.node() instanceof Node.Mapping one
                && one.find(present.getFirst()) instanceof Node.Scalar shortForm) {
            return known ? new Bound(bound.value(), shortForm) : null;
        }
        return known ? bound : null;
    }

    private static List<String> present(Node.Mapping mapping, Shape.Choice choice) {
        List<String> present = new ArrayList<>(1);
        for (String key : mapping.members().keySet()) {
            if (choice.alternatives.containsKey(key)) {
                present.add(key);
            }
        }
        return present;
    }

    private @Nullable Bound alternative(
            Node.Mapping mapping,
            Shape.Choice choice,
            List<String> present,
            KeyPath path,
            boolean secret) {
        if (present.isEmpty()) {
            String names = Display.choices(List.copyOf(choice.alternatives.keySet()));
            return refuse(mapping, path, "one key is missing (expected: " + names + ")");
        }
        Bound chosen = null;
        for (String key : present) {
            Node.Member member = mapping.members().get(key);
            Setting setting = choice.alternatives.get(key);
            if (member == null || setting == null) {
                continue;
            }
            if (!key.equals(present.getFirst())) {
                diagnostics.error(
                        member.keyPlace(),
                        path,
                        "\"" + present.getFirst() + "\" and \"" + key + "\" exclude each other");
                return null;
            }
            Bound bound = bind(member.value(), setting.shape, path.key(key), secret);
            if (bound != null) {
                SequencedMap<String, Node.Member> one = new LinkedHashMap<>();
                one.put(key, new Node.Member(member.keyPlace(), bound.node()));
                chosen = new Bound(bound.value(), new Node.Mapping(mapping.place(), one));
            }
        }
        return chosen;
    }

    private Object others(
            Node.Mapping mapping,
            List<Setting> settings,
            KeyPath path,
            boolean secret,
            SequencedMap<String, Node.Member> members) {
        Map<String, Object> values = new LinkedHashMap<>();
        boolean whole = true;
        for (Setting setting : settings) {
            Object value = one(mapping, setting, path, secret, members);
            whole &= value != Argument.FAILED;
            Object present = value instanceof Optional<?> maybe ? maybe.orElse(null) : value;
            if (present != null) {
                values.put(setting.key, present);
            }
        }
        return whole ? new Extensions(values) : Argument.FAILED;
    }

    private @Nullable Bound construct(
            Shape.Fields shape, @Nullable Object[] arguments, Node.Mapping node, KeyPath path) {
        if (shape.constructor == null) {
            Object only = arguments[0];
            return only == null ? null : new Bound(only, node);
        }
        try {
            return new Bound(shape.constructor.newInstance(arguments), shortest(shape, node));
        } catch (InvocationTargetException thrown) {
            if (thrown.getCause() instanceof BadValueException bad) {
                return refuse(node, path, bad.predicate());
            }
            if (thrown.getCause() instanceof IllegalArgumentException) {
                return refuse(node, path, "these settings do not go together");
            }
            throw new IllegalStateException("cannot make " + shape.type, thrown.getCause());
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException("cannot make " + shape.type, impossible);
        }
    }

    /** A record of one setting is shown and compared as that setting. */
    private static Node shortest(Shape.Fields shape, Node.Mapping node) {
        Setting only = shape.settings.size() == 1 ? shape.shortForm : null;
        Node value = only == null ? null : node.find(only.key);
        return value == null ? node : value;
    }

    private @Nullable Bound misfit(Node node, Shape shape, KeyPath path, boolean secret) {
        String shown =
                switch (node) {
                    case Node.Scalar scalar when scalar.broken() -> "";
                    case Node.Scalar scalar when scalar.isNull() -> "no value";
                    case Node.Scalar scalar -> Display.quote(scalar, secret) + " does not fit here";
                    case Node.Sequence _ -> "a list does not fit here";
                    case Node.Mapping _ -> "a mapping does not fit here";
                };
        return shown.isEmpty() ? null : refuse(node, path, shown + expected(shape));
    }

    private @Nullable Bound refuse(Node node, KeyPath path, String message) {
        diagnostics.error(node.place(), path, message);
        return null;
    }

    private static String expected(Shape shape) {
        return " (expected: " + shape.expected() + ")";
    }
}
