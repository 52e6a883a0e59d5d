package dev.carve.runtime.admin;

import java.util.regex.Pattern;

/** What names may look like, so that they stand in a path as they are. */
final class AdminNames {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_-]{0,63}");

    private AdminNames() {}

    static void check(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "name \"" + name + "\" (expected: a-z, then a-z, 0-9, _ or -)");
        }
    }
}
