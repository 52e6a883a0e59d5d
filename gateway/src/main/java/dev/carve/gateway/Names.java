package dev.carve.gateway;

import dev.carve.config.Diagnostics;
import java.util.Collection;
import java.util.List;

/** What an operator is told who named something that is not there. */
final class Names {

    private static final int SHOWN_MAX = 12;

    private Names() {}

    /** In quotes, escaped and cut. */
    static String quote(String name) {
        return Diagnostics.quote(name);
    }

    /** {@code no service named "user" (did you mean "users"?; there are: monolith, users)}. */
    static String unknown(String kind, String name, Collection<String> known) {
        String suggestion = Diagnostics.suggestion(name, known);
        String meant =
                suggestion.isEmpty()
                        ? ""
                        : suggestion.substring(" (".length(), suggestion.length() - 1) + "; ";
        return "no %s named %s (%s%s)".formatted(kind, quote(name), meant, thereAre(known));
    }

    private static String thereAre(Collection<String> known) {
        List<String> sorted = known.stream().sorted().toList();
        if (sorted.isEmpty()) {
            return "there is none";
        }
        String shown = String.join(", ", sorted.subList(0, Math.min(SHOWN_MAX, sorted.size())));
        int more = sorted.size() - SHOWN_MAX;
        return "there are: " + shown + (more > 0 ? " and " + more + " more" : "");
    }
}
