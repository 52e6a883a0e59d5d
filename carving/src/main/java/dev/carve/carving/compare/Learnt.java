package dev.carve.carving.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A rule that was learnt from noise and that people may accept into their file.
 *
 * @param key of the list it belongs to, below {@code compare}: {@code ignore} or {@code
 *     ignore_headers}
 * @param value a path or the name of a field
 * @param figures what it was learnt from
 */
public record Learnt(String key, String value, Noise.Figures figures) {

    private static final String IGNORE = "ignore";
    private static final String IGNORE_HEADERS = "ignore_headers";

    /** Twins that have to differ somewhere before that is more than something that just changed. */
    private static final int TWINS_LEAST = 3;

    /** The rules that would leave out what is noise, sorted; none below another. */
    static List<Learnt> of(List<Noise.Figures> figures) {
        return of(figures, seen -> seen.verdict() == Noise.Verdict.NOISE);
    }

    /**
     * The rules that would leave out where the old side was seen to differ from itself, whatever
     * the new one does there.
     */
    public static List<Learnt> ofTwins(List<Noise.Figures> figures) {
        return of(figures, seen -> seen.twinsDiffering() >= TWINS_LEAST);
    }

    private static List<Learnt> of(List<Noise.Figures> figures, Predicate<Noise.Figures> isNoise) {
        List<Learnt> learnt = new ArrayList<>();
        Set<String> paths = new HashSet<>();
        List<Noise.Figures> shortestFirst = new ArrayList<>(figures);
        shortestFirst.sort(
                Comparator.<Noise.Figures>comparingInt(f -> f.place().path().length())
                        .thenComparing(f -> f.place().path()));
        for (Noise.Figures seen : shortestFirst) {
            String path = seen.place().path();
            // Neither status nor body can be ignored as a whole, nor what has no full path.
            if (!isNoise.test(seen) || path.isEmpty() || path.endsWith(Place.CUT)) {
                continue;
            }
            switch (seen.place().part()) {
                case STATUS -> {}
                case HEADER -> learnt.add(new Learnt(IGNORE_HEADERS, path, seen));
                case BODY -> {
                    if (!isBelow(path, paths)) {
                        paths.add(path);
                        learnt.add(new Learnt(IGNORE, path, seen));
                    }
                }
            }
        }
        learnt.sort(Comparator.comparing(Learnt::key).thenComparing(Learnt::value));
        return learnt;
    }

    private static boolean isBelow(String path, Set<String> paths) {
        for (int slash = path.lastIndexOf('/');
                slash > 0;
                slash = path.lastIndexOf('/', slash - 1)) {
            if (paths.contains(path.substring(0, slash))) {
                return true;
            }
        }
        return false;
    }

    /** Lines of YAML that stand below {@code compare:}, with the figures as comments. */
    public static List<String> lines(List<Learnt> learnt) {
        List<String> lines = new ArrayList<>();
        String key = "";
        for (Learnt one : learnt) {
            if (!one.key().equals(key)) {
                key = one.key();
                lines.add(key + ":");
            }
            lines.add("  - " + quoted(one.value()) + "  # " + one.comment());
        }
        return lines;
    }

    /** What it was learnt from, for people. */
    public String comment() {
        String twins =
                "differs in %d of %d pairs of old answers"
                        .formatted(figures.twinsDiffering(), figures.twins());
        return figures.copies() == 0
                ? twins
                : "%s, %d of %d of old and new"
                        .formatted(twins, figures.copiesDiffering(), figures.copies());
    }

    /** A double-quoted scalar of YAML 1.2. */
    private static String quoted(String value) {
        StringBuilder text = new StringBuilder("\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < 0x20 || c == 0x7F || (c >= 0x80 && !Character.isLetterOrDigit(c))) {
                text.append(String.format("\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        return text.append('"').toString();
    }
}
