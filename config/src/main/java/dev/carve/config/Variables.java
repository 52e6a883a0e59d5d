package dev.carve.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the setting that a variable such as {@code CARVE_SERVICES_MONOLITH_TIMEOUTS_RESPONSE}
 * names. Names of a map that the files already hold come first, the longest first; a new name is as
 * short as the rest of the variable allows and lower case.
 */
final class Variables {

    static final String PREFIX = "CARVE_";

    /** Names that a suggestion is sought among. */
    private static final int CANDIDATES_MAX = 5_000;

    private Variables() {}

    /** The variables that mean settings, sorted, so that a whole comes before its parts. */
    static Map<String, String> select(Map<String, String> environment, Set<String> reserved) {
        Map<String, String> selected = new TreeMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith(PREFIX) && !reserved.contains(name)) {
                selected.put(name, value);
            }
        });
        return selected;
    }

    /** Null if no setting has that name. */
    static @Nullable KeyPath find(String variable, Shape shape, Node tree) {
        return find(variable.substring(PREFIX.length()), shape, tree, KeyPath.ROOT);
    }

    private static @Nullable KeyPath find(
            String rest, Shape shape, @Nullable Node node, KeyPath path) {
        return switch (shape) {
            case Shape.Scalar _ -> null;
            case Shape.Fields fields -> among(rest, fields.settings.values(), node, path);
            case Shape.Choice choice -> among(rest, choice.alternatives.values(), node, path);
            case Shape.Table(Shape value, _) -> inTable(rest, value, node, path);
            case Shape.Sequence(Shape element) -> inSequence(rest, element, node, path);
        };
    }

    private static @Nullable KeyPath among(
            String rest, Iterable<Setting> settings, @Nullable Node node, KeyPath path) {
        for (Setting setting : settings) {
            String name = upper(setting.key);
            KeyPath found = null;
            if (rest.equals(name)) {
                found = path.key(setting.key);
            } else if (rest.startsWith(name + "_")) {
                String after = rest.substring(name.length() + 1);
                found = find(after, setting.shape, child(node, setting.key), path.key(setting.key));
            }
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static @Nullable KeyPath inTable(
            String rest, Shape value, @Nullable Node node, KeyPath path) {
        List<String> present = new ArrayList<>();
        if (node instanceof Node.Mapping mapping) {
            present.addAll(mapping.members().keySet());
        }
        present.sort((a, b) -> Integer.compare(b.length(), a.length()));
        for (String key : present) {
            String name = upper(key);
            if (rest.equals(name)) {
                return path.key(key);
            }
            if (!name.isEmpty() && rest.startsWith(name + "_")) {
                String after = rest.substring(name.length() + 1);
                KeyPath found = find(after, value, child(node, key), path.key(key));
                if (found != null) {
                    return found;
                }
            }
        }
        for (int cut = rest.indexOf('_', 1); cut > 0; cut = rest.indexOf('_', cut + 1)) {
            KeyPath key = path.key(rest.substring(0, cut).toLowerCase(Locale.ROOT));
            KeyPath found = find(rest.substring(cut + 1), value, null, key);
            if (found != null) {
                return found;
            }
        }
        return rest.isEmpty() ? null : path.key(rest.toLowerCase(Locale.ROOT));
    }

    private static @Nullable KeyPath inSequence(
            String rest, Shape element, @Nullable Node node, KeyPath path) {
        int digits = 0;
        while (digits < rest.length() && Character.digit(rest.charAt(digits), 10) >= 0) {
            digits++;
        }
        if (digits == 0 || digits > 6) {
            return null;
        }
        int index = Integer.parseInt(rest.substring(0, digits));
        KeyPath at = path.index(index);
        if (digits == rest.length()) {
            return at;
        }
        Node item =
                node instanceof Node.Sequence(_, List<Node> items) && index < items.size()
                        ? items.get(index)
                        : null;
        return rest.charAt(digits) == '_'
                ? find(rest.substring(digits + 1), element, item, at)
                : null;
    }

    private static @Nullable Node child(@Nullable Node node, String key) {
        return node instanceof Node.Mapping mapping ? mapping.find(key) : null;
    }

    private static String upper(String key) {
        return key.toUpperCase(Locale.ROOT).replace('-', '_').replace('.', '_');
    }

    /** The names of the settings that are there to be set, for suggestions. */
    static SequencedSet<String> names(Shape shape, Node tree, Set<String> reserved) {
        SequencedSet<String> names = new LinkedHashSet<>(reserved);
        collect(shape, tree, "CARVE", 0, names);
        names.remove(PREFIX + upper(Schema.INCLUDE));
        return names;
    }

    private static void collect(
            Shape shape, @Nullable Node node, String name, int depth, SequencedSet<String> names) {
        if (names.size() >= CANDIDATES_MAX || depth > 8) {
            return;
        }
        if (depth > 0) {
            names.add(name);
        }
        switch (shape) {
            case Shape.Scalar _ -> {}
            case Shape.Sequence _ -> {}
            case Shape.Fields fields -> {
                for (Setting each : fields.settings.values()) {
                    String next = name + "_" + upper(each.key);
                    collect(each.shape, child(node, each.key), next, depth + 1, names);
                }
            }
            case Shape.Choice choice -> {
                for (Setting each : choice.alternatives.values()) {
                    String next = name + "_" + upper(each.key);
                    collect(each.shape, child(node, each.key), next, depth + 1, names);
                }
            }
            case Shape.Table(Shape value, _) -> {
                if (node instanceof Node.Mapping mapping) {
                    for (String key : mapping.members().keySet()) {
                        String next = name + "_" + upper(key);
                        collect(value, mapping.find(key), next, depth + 1, names);
                    }
                }
            }
        }
    }
}
