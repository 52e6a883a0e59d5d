package dev.carve.app;

import dev.carve.config.Fixed;
import dev.carve.config.Loaded;
import dev.carve.config.SecretMarks;
import dev.carve.runtime.admin.AdminView;
import dev.carve.runtime.admin.BadArgumentException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The view that {@code carve diff} compares a file with: the configuration in use with every
 * default, secrets hidden, and what of it no file can change. Asked by virtual threads.
 *
 * <p>With {@code key} and {@code known}, both from {@link SecretMarks}, it tells which of its
 * secrets the caller has too.
 */
final class ConfigView {

    static final String NAME = "config";
    static final String KEY = "key";
    static final String KNOWN = "known";

    private ConfigView() {}

    static AdminView of(Supplier<Loaded> loaded) {
        return new AdminView(
                NAME,
                "The configuration in use with all defaults, secrets hidden, and what flags and"
                        + " environment fixed.",
                arguments -> content(loaded.get(), marks(arguments)));
    }

    private static SecretMarks marks(Map<String, String> arguments) {
        String key = arguments.get(KEY);
        if (key == null) {
            return SecretMarks.none();
        }
        String known = arguments.getOrDefault(KNOWN, "");
        try {
            return SecretMarks.known(
                    key, known.isEmpty() ? List.of() : List.of(known.split(",", -1)));
        } catch (IllegalArgumentException malformed) {
            throw new BadArgumentException("key, known: " + malformed.getMessage());
        }
    }

    private static Map<String, Object> content(Loaded loaded, SecretMarks marks) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("version", Version.TEXT);
        tree.put("yaml", marks.render(loaded));
        tree.put("fixed", Fixed.of(loaded, marks));
        return tree;
    }
}
