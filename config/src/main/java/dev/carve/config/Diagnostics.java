package dev.carve.config;

import dev.carve.config.Diagnostic.Severity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Collects the problems of one load. A {@link Check} tells its problems by path; the place is found
 * here. Confined to the thread that loads.
 */
public final class Diagnostics {

    /** More than anyone reads; a generated file must not fill the log. */
    static final int COUNT_MAX = 500;

    /** Shorter texts are part of too many words to be found. */
    private static final int HIDDEN_CHARS_MIN = 4;

    private static final int PATH_CHARS_MAX = 160;

    private final Set<String> secrets = new HashSet<>();
    private final Set<Path> filledFrom = new LinkedHashSet<>();
    private final List<Diagnostic> all = new ArrayList<>();
    private final Set<Diagnostic> seen = new HashSet<>();
    private final Map<String, Integer> files = new LinkedHashMap<>();
    private final Map<Diagnostic, Integer> ranks = new HashMap<>();
    private Node tree = Node.Mapping.empty(Place.inFile("carve.yaml", 1, 1));
    private int dropped;
    private int errors;

    Diagnostics() {}

    /**
     * Tells that the configuration cannot be used.
     *
     * @param path such as {@code routes[2].to}; the place of the nearest existing parent is shown
     *     where it is absent
     * @param message lower case, no full stop
     */
    public void error(String path, String message) {
        error(KeyPath.parse(path), message);
    }

    public void error(KeyPath path, String message) {
        error(placeOf(path), path, message);
    }

    /** Tells something that is probably a mistake but can be used. */
    public void warning(String path, String message) {
        warning(KeyPath.parse(path), message);
    }

    public void warning(KeyPath path, String message) {
        warning(placeOf(path), path, message);
    }

    /** A value for a message: in quotes, escaped and cut. */
    public static String quote(String value) {
        return Display.quote(value);
    }

    /** {@code (did you mean "timeouts"?)} with its leading blank, or nothing. */
    public static String suggestion(String word, Collection<String> known) {
        return Suggestion.nearest(word, known);
    }

    /** A file whose text was to be filled in, whether it could be read or not. */
    void reads(Path file) {
        filledFrom.add(file.toAbsolutePath().normalize());
    }

    /** The files whose text is filled in, absolute. */
    Set<Path> filledFrom() {
        return filledFrom;
    }

    void error(Place place, KeyPath path, String message) {
        add(place, path, message, Severity.ERROR);
    }

    void warning(Place place, KeyPath path, String message) {
        add(place, path, message, Severity.WARNING);
    }

    boolean hasErrors() {
        return errors > 0;
    }

    /** Files are listed in the order in which they were read. */
    void opened(String file) {
        files.putIfAbsent(file, files.size());
    }

    /** From now on paths are looked up in this tree. */
    void lookUpIn(Node effective) {
        this.tree = effective;
    }

    private Place placeOf(KeyPath path) {
        return Tree.nearest(tree, path).place();
    }

    /** No message will hold this text: a check may quote a value without knowing it is secret. */
    void hide(String secret) {
        if (secret.length() >= HIDDEN_CHARS_MIN) {
            secrets.add(secret);
        }
    }

    private String hidden(String message) {
        String shown = message;
        for (String secret : secrets) {
            shown = shown.replace(secret, Display.SECRET);
        }
        return shown;
    }

    private void add(Place place, KeyPath path, String message, Severity severity) {
        errors += severity == Severity.ERROR ? 1 : 0;
        if (all.size() >= COUNT_MAX) {
            dropped++;
            return;
        }
        Diagnostic diagnostic =
                new Diagnostic(
                        place.source(),
                        place.line(),
                        place.column(),
                        Display.cut(path.toString(), PATH_CHARS_MAX),
                        hidden(message),
                        severity);
        // What an alias repeats is told once.
        if (seen.add(diagnostic)) {
            all.add(diagnostic);
            ranks.put(diagnostic, rank(place));
        }
    }

    /** Files as they were read, then the environment, then flags. */
    private int rank(Place place) {
        return switch (place.origin()) {
            case DEFAULT -> -1;
            case FILE -> files.getOrDefault(place.source(), files.size());
            case ENVIRONMENT -> Integer.MAX_VALUE - 1;
            case FLAG -> Integer.MAX_VALUE;
        };
    }

    List<Diagnostic> sorted() {
        List<Diagnostic> sorted = new ArrayList<>(all);
        sorted.sort(
                Comparator.comparingInt((Diagnostic each) -> ranks.getOrDefault(each, 0))
                        .thenComparing(Diagnostic::file)
                        .thenComparingInt(Diagnostic::line)
                        .thenComparingInt(Diagnostic::column));
        if (dropped > 0) {
            Diagnostic last = sorted.getLast();
            String message = "and " + dropped + " more problems";
            sorted.add(
                    new Diagnostic(
                            last.file(), last.line(), last.column(), "", message, Severity.ERROR));
        }
        return List.copyOf(sorted);
    }
}
