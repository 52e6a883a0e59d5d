package dev.carve.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Makes a configuration from a file, the environment and flags; the later wins. Immutable; any
 * thread may load, and a load reads nothing but what it is given.
 */
public final class Loader {

    private final Schema schema;
    private final List<Check> checks;
    private final Set<String> reserved;
    private final Map<String, KeyPath> fallbacks;

    private Loader(
            Schema schema,
            List<Check> checks,
            Set<String> reserved,
            Map<String, KeyPath> fallbacks) {
        this.schema = schema;
        this.checks = checks;
        this.reserved = reserved;
        this.fallbacks = fallbacks;
    }

    public static Loader of(Schema schema) {
        return new Loader(schema, List.of(), Set.of(), Map.of());
    }

    /** A loader that also runs these, in order, once all values are bound. */
    public Loader withChecks(List<? extends Check> more) {
        List<Check> all = new ArrayList<>(checks);
        all.addAll(more);
        return new Loader(schema, List.copyOf(all), reserved, fallbacks);
    }

    /** A loader that passes over these {@code CARVE_…} variables, which mean no setting. */
    public Loader withReservedVariables(Set<String> names) {
        return new Loader(schema, checks, Set.copyOf(names), fallbacks);
    }

    /**
     * A loader to which a variable of another name than ours, such as a platform's {@code PORT}, is
     * the value of a setting that neither file nor environment nor flag names.
     */
    public Loader withFallback(String variable, String path) {
        return new Loader(schema, checks, reserved, Map.of(variable, KeyPath.parse(path)));
    }

    /** Loads with neither environment nor flags. */
    public LoadResult load(Source source) {
        return load(source, Map.of(), List.of());
    }

    /**
     * Loads all sources and tells all problems at once.
     *
     * @param environment as of the process: {@code CARVE_…} variables set values, all fill in
     *     {@code ${NAME}}
     * @param flags each {@code path=value}, such as {@code services.users.timeouts.response=5s}
     */
    public LoadResult load(Source source, Map<String, String> environment, List<String> flags) {
        return load(source, environment, flags, _ -> {});
    }

    /**
     * The same for who waits for changes.
     *
     * @param read told the files that were read, those that are filled in among them, and the
     *     folders that were listed, absolute, also where the result is refused: the mistake may be
     *     mended in any of them
     */
    public LoadResult load(
            Source source,
            Map<String, String> environment,
            List<String> flags,
            Consumer<? super Set<Path>> read) {
        Diagnostics diagnostics = new Diagnostics();
        Includes includes = new Includes(schema, Filler.from(environment), diagnostics);
        Node tree = includes.read(source);
        if (!includes.incomplete()) {
            tree = layEnvironment(tree, environment, diagnostics);
            tree = layFlags(tree, flags, diagnostics);
            tree = layFallbacks(tree, environment, diagnostics);
        }
        Set<Path> sources = new LinkedHashSet<>(includes.sources());
        sources.addAll(diagnostics.filledFrom());
        read.accept(sources);
        if (includes.incomplete()) {
            return new Rejected(diagnostics.sorted());
        }
        Bound bound = new Binder(diagnostics).bind(tree, schema.root(), KeyPath.ROOT, false);
        if (bound == null
                || diagnostics.hasErrors()
                || !(bound.value() instanceof Extensions values)) {
            return new Rejected(diagnostics.sorted());
        }
        diagnostics.lookUpIn(bound.node());
        Loaded checked = new Loaded(values, bound.node(), List.of(), sources);
        for (Check check : checks) {
            check.check(checked, diagnostics);
        }
        List<Diagnostic> told = diagnostics.sorted();
        return diagnostics.hasErrors()
                ? new Rejected(told)
                : new Loaded(values, bound.node(), told, sources);
    }

    /**
     * Loads one block of the file alone, whatever is wrong with the others; for a command that has
     * to find a running process rather than to be one. No check runs, no problem is told.
     *
     * @return empty if the file can not be read, or the block has a mistake, or is absent and has
     *     no default
     */
    @SuppressWarnings("unchecked") // Bound by the type of the block of that key.
    public <T> Optional<T> loadBlock(
            Block<T> block, Source source, Map<String, String> environment) {
        Diagnostics untold = new Diagnostics();
        Includes includes = new Includes(schema, Filler.from(environment), untold);
        Node tree = includes.read(source);
        Setting setting = schema.root().settings.get(block.key());
        if (includes.incomplete() || setting == null) {
            return Optional.empty();
        }
        tree = layEnvironment(tree, environment, untold);
        Node written = Tree.find(tree, KeyPath.of(block.key()));
        if (written == null && setting.defaultText == null) {
            return Optional.empty();
        }
        Bound bound =
                written == null
                        ? setting.defaults()
                        : new Binder(new Diagnostics())
                                .bind(
                                        written,
                                        setting.shape,
                                        KeyPath.of(block.key()),
                                        setting.secret);
        return bound == null ? Optional.empty() : Optional.of((T) bound.value());
    }

    private Node layEnvironment(
            Node files, Map<String, String> environment, Diagnostics diagnostics) {
        Node tree = files;
        Map<String, String> variables = Variables.select(environment, reserved);
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            String name = variable.getKey();
            Place place = Place.ofVariable(name);
            KeyPath path = Variables.find(name, schema.root(), tree);
            if (path == null || path.equals(KeyPath.of(Schema.INCLUDE))) {
                String suggestion =
                        Suggestion.nearest(name, Variables.names(schema.root(), tree, reserved));
                diagnostics.warning(place, KeyPath.ROOT, "no such setting" + suggestion);
            } else {
                tree =
                        new Overlay(diagnostics)
                                .set(tree, schema.root(), path, variable.getValue(), place);
            }
        }
        return tree;
    }

    private Node layFallbacks(
            Node lower, Map<String, String> environment, Diagnostics diagnostics) {
        Node tree = lower;
        for (Map.Entry<String, KeyPath> each : fallbacks.entrySet()) {
            String value = environment.getOrDefault(each.getKey(), "");
            if (!value.isEmpty() && Tree.find(tree, each.getValue()) == null) {
                Place place = Place.ofVariable(each.getKey());
                tree =
                        new Overlay(diagnostics)
                                .set(tree, schema.root(), each.getValue(), value, place);
            }
        }
        return tree;
    }

    private Node layFlags(Node lower, List<String> flags, Diagnostics diagnostics) {
        Node tree = lower;
        for (String flag : flags) {
            int equals = flag.indexOf('=');
            String name = equals < 0 ? flag : flag.substring(0, equals);
            Place place = Place.ofFlag(name);
            try {
                KeyPath path = KeyPath.parse(name);
                if (equals <= 0 || path.equals(KeyPath.of(Schema.INCLUDE))) {
                    throw new IllegalArgumentException("no value");
                }
                String value = flag.substring(equals + 1);
                tree = new Overlay(diagnostics).set(tree, schema.root(), path, value, place);
            } catch (IllegalArgumentException malformed) {
                diagnostics.error(
                        place, KeyPath.ROOT, "not a setting and its value (expected: path=value)");
            }
        }
        return tree;
    }
}
