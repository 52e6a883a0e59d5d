package dev.carve.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The command line.
 *
 * @param rows ids of figures; empty means all
 * @param subject the peer that is judged: carve, or another one to prove the harness
 * @param out the folder for the results
 * @param root the project's folder, below which Carve is built
 */
record Options(List<String> rows, Pace pace, String subject, Path out, Path root, boolean list) {

    static final String USAGE =
            """
            usage: ./dev bench [ROW…] [--set spine|main] [--rounds N] [--window SECONDS] [--quick]
                               [--no-repeats] [--subject carve|nginx|haproxy] [--out FOLDER] [--root FOLDER] [--list]
                   ./dev bench profile [--seconds N] [--logs] [--out FOLDER]
                   ./dev bench guard [--shifts N] [--breaks N] [--seed N]
                   ./dev bench rollback [--rounds N] [--healthy SECONDS]
                   ./dev bench micro [JMH ARGS…]

            Rows and figures are listed by --list. All of them (--set spine, the default) take about
            25 minutes on a quiet machine, --set main the first third; --quick proves that all runs.
            What is done is in FOLDER/bench.md and bench.json (target/bench) after each row.
            """;

    /** Reads the arguments; what is wrong with them is an {@link IllegalArgumentException}. */
    static Options parse(List<String> args) {
        List<String> rows = new ArrayList<>();
        Pace pace = args.contains("--quick") ? Pace.QUICK : Pace.FULL;
        String subject = "carve";
        Path root = root(System.getenv("CARVE_LAUNCHER"));
        Path out = root.resolve("target").resolve("bench");
        boolean list = false;
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            switch (arg) {
                case "--quick" -> {}
                case "--set" -> rows.addAll(Figures.set(value(args, ++i)));
                case "--list" -> list = true;
                case "--no-repeats" -> pace = pace.withoutRepeats();
                case "--rounds" -> pace = pace.withRounds(count(args, ++i));
                case "--window" -> pace = pace.withWindow(Duration.ofSeconds(count(args, ++i)));
                case "--subject" -> subject = value(args, ++i);
                case "--out" -> out = Path.of(value(args, ++i));
                case "--root" -> root = Path.of(value(args, ++i));
                default -> rows.add(row(arg));
            }
        }
        return new Options(List.copyOf(rows), pace, subject, out, root, list);
    }

    List<Figure> figures() {
        return Figures.ALL.stream()
                .filter(figure -> rows.isEmpty() || rows.contains(figure.id()))
                .toList();
    }

    /** The folder of {@code ./carve}, which {@code ./dev} names; without it, where we are. */
    static Path root(@Nullable String launcher) {
        Path folder = launcher == null ? null : Path.of(launcher).getParent();
        return folder == null ? Path.of("") : folder;
    }

    private static String row(String arg) {
        List<String> ids = Figures.ALL.stream().map(Figure::id).toList();
        if (!ids.contains(arg)) {
            throw new IllegalArgumentException(
                    "\"" + arg + "\" is no row (expected one of " + String.join(", ", ids) + ")");
        }
        return arg;
    }

    static int count(List<String> args, int at) {
        String text = value(args, at);
        try {
            int count = Integer.parseInt(text);
            if (count >= 1 && count <= 1000) {
                return count;
            }
        } catch (NumberFormatException _) {
            // Told below.
        }
        throw new IllegalArgumentException(
                args.get(at - 1) + ": \"" + text + "\" (expected a number from 1 to 1000)");
    }

    static String value(List<String> args, int at) {
        if (at >= args.size()) {
            throw new IllegalArgumentException(args.get(at - 1) + " has no value");
        }
        return args.get(at);
    }
}
