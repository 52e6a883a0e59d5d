package dev.carve.app;

import dev.carve.config.Check;
import dev.carve.config.LoadResult;
import dev.carve.config.Loader;
import dev.carve.config.Source;
import dev.carve.gateway.settings.GatewayChecks;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where a command's configuration comes from. Immutable; each {@link #load} reads anew.
 *
 * @param file {@code --config}; null for {@code carve.yaml}
 * @param to {@code --to}, which needs no file; null if not given
 * @param flags {@code path=value} of {@code --listen} and {@code --set}
 * @param environment of the process
 */
record ConfigurationSource(
        @Nullable String file,
        @Nullable String to,
        List<String> flags,
        Map<String, String> environment) {

    static final String DEFAULT_FILE = "carve.yaml";

    ConfigurationSource {
        flags = List.copyOf(flags);
    }

    /** The flag that {@code --listen ADDR} stands for. */
    static String listenFlag(String address) {
        return "listen=" + address;
    }

    /**
     * Reads everything and checks it.
     *
     * @throws UsageException if there is nothing to read
     */
    LoadResult load() {
        return load(_ -> {});
    }

    /**
     * The same; also tells which files and folders were read, those that it only names among them,
     * such as certificates.
     *
     * @throws UsageException if there is nothing to read
     */
    LoadResult load(Consumer<? super Set<Path>> read) {
        Source from = source();
        Set<Path> all = new LinkedHashSet<>();
        Check named = (loaded, _) -> all.addAll(GatewayChecks.filesOf(loaded));
        Loader loader = Configuration.LOADER.withChecks(List.of(named));
        try {
            return loader.load(from, environment, allFlags(), all::addAll);
        } finally {
            read.accept(all);
        }
    }

    private List<String> allFlags() {
        if (to == null) {
            return flags;
        }
        List<String> all = new ArrayList<>(flags);
        all.addFirst("services.monolith=" + to);
        return all;
    }

    private Source source() {
        if (to != null) {
            String problem = GatewayChecks.urlProblem(to);
            if (problem != null) {
                throw new UsageException("--to: \"" + shown(to) + "\" " + problem);
            }
            return Source.text("--to", "routes: [{match: /, to: monolith}]\n");
        }
        if (file != null) {
            return Source.file(existing(file));
        }
        Path usual = Path.of(DEFAULT_FILE);
        if (!Files.exists(usual)) {
            throw new UsageException(
                    "no configuration: there is no "
                            + DEFAULT_FILE
                            + " here (expected: --config FILE, or --to URL such as --to"
                            + " http://127.0.0.1:3000, which needs no file)");
        }
        return Source.file(usual);
    }

    /**
     * The file that {@code --config} names.
     *
     * @throws UsageException if there is no such file
     */
    static Path existing(String file) {
        Path path;
        try {
            path = Path.of(file);
        } catch (InvalidPathException notAPath) {
            throw new UsageException("--config: \"" + shown(file) + "\" is no file name");
        }
        // Not told as a problem inside of it: there is no line 1 of a file that is not there.
        if (!Files.exists(path)) {
            throw new UsageException("--config: the file \"" + shown(file) + "\" does not exist");
        }
        if (Files.isDirectory(path)) {
            throw new UsageException(
                    "--config: \"" + shown(file) + "\" is a folder (expected: a file)");
        }
        return path;
    }

    /** The file that is read, null if there is none. */
    @Nullable Path path() {
        return to != null ? null : Path.of(file == null ? DEFAULT_FILE : file);
    }

    /** A value for a message: cut, without control characters. */
    static String shown(String value) {
        String cut = value.length() > 80 ? value.substring(0, 77) + "..." : value;
        return cut.replaceAll("\\p{Cntrl}", "?");
    }
}
