package dev.carve.store;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the store lies, as the file's {@code store} names it. Immutable. */
public sealed interface StoreUrl {

    /** What a message says was expected. */
    String EXPECTED = "a SQLite file such as carve.db or sqlite:/var/lib/carve/carve.db";

    /**
     * A SQLite file on this machine.
     *
     * @param path absolute
     */
    record SqliteFile(Path path) implements StoreUrl {

        public SqliteFile {
            path = path.toAbsolutePath().normalize();
        }

        @Override
        public String toString() {
            return path.toString();
        }
    }

    /**
     * Reads a path, or a path after {@code sqlite:}.
     *
     * @param folder what a relative path starts from
     * @throws IllegalArgumentException if it names no store that this version can use; the message
     *     says what was expected and holds no password
     */
    static StoreUrl parse(String text, Path folder) {
        String path = text;
        Matcher url = Patterns.SCHEME.matcher(text);
        if (url.lookingAt()) {
            String scheme = url.group(1);
            if (scheme.startsWith("postgres")) {
                throw refused(text, "PostgreSQL is not supported by this version");
            }
            if (!scheme.equals("sqlite")) {
                throw refused(text, "unknown kind of store \"" + scheme + "\"");
            }
            path = text.substring(url.end()).replaceFirst("^//(?=/)", "");
        }
        if (path.isBlank()) {
            throw refused(text, "no path");
        }
        // The driver would take what follows for options, and these are not the operator's to set.
        if (path.indexOf('?') >= 0) {
            throw refused(text, "a path with \"?\"");
        }
        try {
            return new SqliteFile(folder.resolve(path));
        } catch (InvalidPathException e) {
            throw refused(text, e.getReason());
        }
    }

    private static IllegalArgumentException refused(String text, String reason) {
        return new IllegalArgumentException(
                "store \"%s\": %s (expected: %s)".formatted(redacted(text), reason, EXPECTED));
    }

    /** The text without what stands between a user's name and its host. */
    private static String redacted(String text) {
        return Patterns.PASSWORD.matcher(text).replaceAll("$1:***@");
    }

    /** The forms of a URL. */
    final class Patterns {

        // At least two letters: C:\carve.db is a path.
        private static final Pattern SCHEME = Pattern.compile("([a-z][a-z0-9+.-]+):");
        private static final Pattern PASSWORD = Pattern.compile("(//[^/@:]*):[^/]*@");

        private Patterns() {}
    }
}
