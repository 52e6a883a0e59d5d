package dev.carve.config;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Guesses which known word somebody meant. */
final class Suggestion {

    /** Longer words are no typing errors, and the distance costs their product. */
    private static final int LENGTH_MAX = 100;

    private Suggestion() {}

    /** {@code (did you mean "timeouts"?)} with its leading blank, or nothing. */
    static String nearest(String word, Collection<String> known) {
        String best = find(word, known);
        return best == null ? "" : " (did you mean \"" + best + "\"?)";
    }

    static @Nullable String find(String word, Collection<String> known) {
        if (word.length() > LENGTH_MAX) {
            return null;
        }
        String best = null;
        int bestDistance = Math.min(3, (word.length() + 2) / 3) + 1;
        for (String candidate : known) {
            if (Math.abs(candidate.length() - word.length()) < bestDistance) {
                int distance = distance(word, candidate);
                if (distance < bestDistance) {
                    best = candidate;
                    bestDistance = distance;
                }
            }
        }
        return best;
    }

    /** Edits between two words: insert, delete, replace, swap neighbours (Damerau, 1964). */
    static int distance(String a, String b) {
        int[] older = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        int[] now = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            now[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                int best = Math.min(replaced, Math.min(last[j], now[j - 1]) + 1);
                boolean swapped =
                        i > 1
                                && j > 1
                                && a.charAt(i - 1) == b.charAt(j - 2)
                                && a.charAt(i - 2) == b.charAt(j - 1);
                now[j] = swapped ? Math.min(best, older[j - 2] + 1) : best;
            }
            int[] free = older;
            older = last;
            last = now;
            now = free;
        }
        return last[b.length()];
    }
}
