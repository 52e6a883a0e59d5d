package dev.carve.app;

import dev.carve.app.LearntRules.Rule;
import dev.carve.carving.settings.CarveBlocks;
import dev.carve.carving.settings.CarveSettings;
import dev.carve.config.Diagnostic;
import dev.carve.config.Diff;
import dev.carve.config.LoadResult;
import dev.carve.config.Loaded;
import dev.carve.config.Origin;
import dev.carve.config.Rejected;
import dev.carve.config.Source;
import dev.carve.gateway.settings.GatewayBlocks;
import dev.carve.gateway.settings.GatewayChecks;
import dev.carve.gateway.settings.RouteSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Adds rules to the {@code compare} block of one route in a file, line by line, and leaves every
 * other byte as it is.
 *
 * <p>Implementation notes. The edit itself knows little of YAML: it looks where the file was parsed
 * to have something, and refuses what is not one entry a line. Whether it came out right is found
 * by loading the result, beside the file so that what it includes is found: the rules must be
 * there, in this order and behind those that were, and nothing else may mean anything else. Only
 * then is the file replaced, at once.
 *
 * <p>One thread.
 */
final class RuleFile {

    /** What became of it. */
    sealed interface Outcome {}

    /**
     * The file has been replaced.
     *
     * @param place of the route's carve in it
     */
    record Written(String place, int added) implements Outcome {}

    /** All of the rules stand there. */
    record Unchanged() implements Outcome {}

    /** The file is as it was. */
    record Refused(String why) implements Outcome {}

    /** The edit can not be made. */
    private static final class CannotEdit extends Exception {
        private static final long serialVersionUID = 1;

        CannotEdit(String why) {
            super(why);
        }
    }

    private static final List<String> KEYS = List.of("ignore", "ignore_headers");
    private static final String BY_HAND =
            " (expected: one entry a line; write it so, or add the lines by hand)";

    private final Path file;
    private final Map<String, String> environment;

    /**
     * @param environment fills in what the file leaves to it
     */
    RuleFile(Path file, Map<String, String> environment) {
        this.file = file;
        this.environment = environment;
    }

    Outcome add(String route, LearntRules rules) {
        try {
            Path real = file.toRealPath();
            byte[] before = Files.readAllBytes(real);
            Loaded loaded = loaded(file, file.toString());
            int number = number(loaded, route);
            String carve = "routes[" + number + "].carve";
            CarveSettings.Compare known = compare(loaded, number, route);
            LearntRules missing = missing(rules, known);
            int count = missing.byKey().values().stream().mapToInt(List::size).sum();
            if (count == 0) {
                return new Unchanged();
            }
            String text = new String(before, StandardCharsets.UTF_8);
            String edited = new Edit(loaded, carve, file.toString(), text).with(missing);
            replace(real, before, edited, new Wanted(loaded, number, route, missing));
            return new Written(loaded.place(carve), count);
        } catch (CannotEdit refused) {
            return new Refused(String.valueOf(refused.getMessage()));
        } catch (IOException failed) {
            return new Refused(file + ": " + failed);
        }
    }

    private Loaded loaded(Path from, String shown) throws CannotEdit {
        LoadResult result = Configuration.LOADER.load(Source.file(from), environment, List.of());
        return switch (result) {
            case Loaded loaded -> loaded;
            case Rejected(List<Diagnostic> problems) ->
                    throw new CannotEdit(
                            problems.stream()
                                    .map(each -> each.toString().replace(from.toString(), shown))
                                    .collect(Collectors.joining("\n")));
        };
    }

    private int number(Loaded loaded, String route) throws CannotEdit {
        List<RouteSettings> routes = loaded.value(GatewayBlocks.ROUTES);
        for (int i = 0; i < routes.size(); i++) {
            RouteSettings each = routes.get(i);
            if (each.name().orElseGet(() -> GatewayChecks.matchOf(each).toString()).equals(route)) {
                return i;
            }
        }
        throw new CannotEdit(file + ": no route named \"" + route + "\"");
    }

    private CarveSettings.Compare compare(Loaded loaded, int number, String route)
            throws CannotEdit {
        RouteSettings settings = loaded.value(GatewayBlocks.ROUTES).get(number);
        Optional<CarveSettings> carve = settings.extensions().find(CarveBlocks.CARVE);
        if (carve.isEmpty()) {
            throw new CannotEdit(
                    loaded.place("routes[" + number + "]")
                            + ": the route \""
                            + route
                            + "\" has no carve block");
        }
        return carve.get().compare();
    }

    private static List<String> list(CarveSettings.Compare of, String key) {
        return key.equals(KEYS.getFirst()) ? of.ignore() : of.ignoreHeaders();
    }

    private static LearntRules missing(LearntRules rules, CarveSettings.Compare known) {
        return new LearntRules(
                KEYS.stream()
                        .collect(
                                Collectors.toMap(
                                        key -> key,
                                        key ->
                                                rules.byKey().getOrDefault(key, List.of()).stream()
                                                        .filter(each ->
                                                                !list(known, key)
                                                                        .contains(each.value()))
                                                        .toList())));
    }

    // Replacing.

    /** What the file has to mean afterwards. */
    private record Wanted(Loaded before, int number, String route, LearntRules added) {}

    private void replace(Path real, byte[] before, String edited, Wanted wanted)
            throws IOException, CannotEdit {
        // Hidden, so that no pattern of an include finds it.
        Path draft = Files.createTempFile(real.getParent(), ".carve-accept-", ".yaml");
        try {
            write(draft, edited);
            keepRights(real, draft);
            check(loaded(draft, file.toString()), wanted);
            if (!Arrays.equals(Files.readAllBytes(real), before)) {
                throw new CannotEdit(file + ": somebody else has changed it meanwhile");
            }
            Files.move(draft, real, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private static void write(Path to, String text) throws IOException {
        try (FileChannel out =
                FileChannel.open(
                        to, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
    }

    private static void keepRights(Path from, Path to) throws IOException {
        PosixFileAttributeView view =
                Files.getFileAttributeView(from, PosixFileAttributeView.class);
        if (view != null) {
            Files.setPosixFilePermissions(to, view.readAttributes().permissions());
        }
    }

    private void check(Loaded after, Wanted wanted) throws CannotEdit {
        CarveSettings.Compare was = compare(wanted.before(), wanted.number(), wanted.route());
        CarveSettings.Compare is = compare(after, wanted.number(), wanted.route());
        String compare = "routes[" + wanted.number() + "].carve.compare.";
        boolean right = true;
        for (String key : KEYS) {
            List<String> all = new ArrayList<>(list(was, key));
            wanted.added()
                    .byKey()
                    .getOrDefault(key, List.of())
                    .forEach(each -> all.add(each.value()));
            right &= all.equals(list(is, key));
        }
        for (Diff.Change each : Diff.between(wanted.before(), after)) {
            right &=
                    each.path().startsWith(compare + KEYS.getFirst() + "[")
                            || each.path().startsWith(compare + KEYS.getLast() + "[");
        }
        if (!right) {
            throw new CannotEdit(
                    wanted.before().place("routes[" + wanted.number() + "].carve")
                            + ": the rules can not be added without changing something else"
                            + BY_HAND);
        }
    }

    // Editing.

    /** One edit of one text. */
    private static final class Edit {
        private final Loaded loaded;
        private final String carve;
        private final String name;
        private final List<String> lines = new ArrayList<>();

        /** Where a value begins, counted from 0. */
        private record At(int line, int column) {}

        Edit(Loaded loaded, String carve, String name, String text) {
            this.loaded = loaded;
            this.carve = carve;
            this.name = name;
            int from = 0;
            while (from < text.length()) {
                int end = text.indexOf('\n', from);
                end = end < 0 ? text.length() : end + 1;
                lines.add(text.substring(from, end));
                from = end;
            }
        }

        String with(LearntRules rules) throws CannotEdit {
            At at = block(carve);
            String compare = carve + ".compare";
            if (!isWritten(compare)) {
                int key = keyLine(at, "carve");
                int step = Math.max(1, at.column() - indent(key));
                List<String> added = new ArrayList<>();
                added.add(" ".repeat(at.column()) + "compare:");
                for (String each : KEYS) {
                    added.addAll(list(each, rules, at.column() + step));
                }
                insert(key, added);
                return String.join("", lines);
            }
            At first = block(compare);
            // From the end of the file to its beginning, so that places stay right.
            List<Insertion> all = new ArrayList<>();
            for (String each : KEYS) {
                if (!rules.byKey().getOrDefault(each, List.of()).isEmpty()) {
                    all.add(
                            isWritten(compare + "." + each)
                                    ? behindLast(compare + "." + each, each, rules)
                                    : new Insertion(
                                            keyLine(first, "compare"),
                                            list(each, rules, first.column())));
                }
            }
            // Two at one line: the second of them goes first.
            all.reversed().stream()
                    .sorted((one, other) -> Integer.compare(other.line(), one.line()))
                    .forEach(each -> insert(each.line(), each.text()));
            return String.join("", lines);
        }

        /** Lines behind a line. */
        private record Insertion(int line, List<String> text) {}

        private boolean isWritten(String path) throws CannotEdit {
            return switch (loaded.origin(path)) {
                case FILE -> true;
                case DEFAULT -> false;
                case ENVIRONMENT, FLAG ->
                        throw new CannotEdit(path + " comes from " + loaded.place(path));
            };
        }

        /** Where a mapping begins that is written in lines. */
        private At block(String path) throws CannotEdit {
            At at = at(path);
            String line = lines.get(at.line());
            char first = at.column() < line.length() ? line.charAt(at.column()) : ' ';
            if ("{&*!?|>".indexOf(first) >= 0) {
                throw new CannotEdit(
                        loaded.place(path) + ": " + path + " is not written in lines" + BY_HAND);
            }
            return at;
        }

        private At at(String path) throws CannotEdit {
            String place = loaded.place(path);
            int column = place.lastIndexOf(':');
            int line = column < 0 ? -1 : place.lastIndexOf(':', column - 1);
            if (line < 0 || !place.substring(0, line).equals(name)) {
                throw new CannotEdit(
                        place
                                + ": "
                                + path
                                + " is not written in "
                                + name
                                + " (expected: --config with the file that holds the route)");
            }
            int number = Integer.parseInt(place.substring(line + 1, column)) - 1;
            if (number >= lines.size()) {
                throw new CannotEdit(place + ": " + path + " has no line of its own" + BY_HAND);
            }
            String text = lines.get(number);
            int points = Integer.parseInt(place.substring(column + 1)) - 1;
            points = Math.min(points, text.codePointCount(0, text.length()));
            return new At(number, text.offsetByCodePoints(0, points));
        }

        /** The line of the key whose block begins there. */
        private int keyLine(At block, String key) throws CannotEdit {
            for (int i = block.line() - 1; i >= 0; i--) {
                String line = lines.get(i).strip();
                if (line.matches("(- +)*" + key + ":([ \\t]+#.*)?")) {
                    return i;
                }
                if (!line.isEmpty() && !line.startsWith("#")) {
                    break;
                }
            }
            throw new CannotEdit(
                    name
                            + ":"
                            + (block.line() + 1)
                            + ": there is no line \""
                            + key
                            + ":\" above"
                            + BY_HAND);
        }

        /** Where the key of a line begins. */
        private int indent(int line) {
            String text = lines.get(line);
            int at = 0;
            while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '-')) {
                at++;
            }
            return at;
        }

        private Insertion behindLast(String path, String key, LearntRules rules) throws CannotEdit {
            int last = 0;
            while (loaded.origin(path + "[" + (last + 1) + "]") == Origin.FILE) {
                last++;
            }
            At at = at(path + "[" + last + "]");
            String before = lines.get(at.line()).substring(0, at.column());
            if (!before.matches(" *- +")) {
                throw new CannotEdit(
                        loaded.place(path) + ": " + path + " is not written in lines" + BY_HAND);
            }
            return new Insertion(
                    at.line(), entries(key, rules, before.substring(0, before.indexOf('-'))));
        }

        private static List<String> list(String key, LearntRules rules, int indent) {
            List<String> added = entries(key, rules, " ".repeat(indent + 2));
            if (!added.isEmpty()) {
                added.addFirst(" ".repeat(indent) + key + ":");
            }
            return added;
        }

        private static List<String> entries(String key, LearntRules rules, String indent) {
            List<String> added = new ArrayList<>();
            for (Rule each : rules.byKey().getOrDefault(key, List.of())) {
                added.add(indent + "- " + each.quoted() + "  # " + each.comment());
            }
            return added;
        }

        private void insert(int behind, List<String> added) {
            String line = lines.get(behind);
            String end = lineEnd(line);
            if (!line.endsWith("\n")) {
                lines.set(behind, line + end);
            }
            List<String> whole = added.stream().map(each -> each + end).toList();
            lines.addAll(behind + 1, whole);
        }

        private String lineEnd(String of) {
            String like = of.endsWith("\n") ? of : lines.getFirst();
            return like.endsWith("\r\n") ? "\r\n" : "\n";
        }
    }
}
