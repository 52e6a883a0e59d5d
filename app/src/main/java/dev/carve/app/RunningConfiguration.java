package dev.carve.app;

import dev.carve.config.Diff;
import dev.carve.config.Loaded;
import dev.carve.config.Rejected;
import dev.carve.config.SecretMarks;
import dev.carve.config.Source;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The configuration that a running gateway uses, asked for over its admin listener. A file is
 * compared with it as that gateway would load it: the gateway's flags and {@code CARVE_…} variables
 * count, not this process's. What {@code ${NAME}} stands for is taken from here, since the gateway
 * tells nobody its environment. Immutable.
 */
final class RunningConfiguration {

    private static final String SETTINGS = "CARVE_";
    private static final String BY_PORT = "environment " + Configuration.PORT;

    private final AdminClient client;
    private final List<String> flags;
    private final String port;
    private final Map<String, String> fixed;

    /**
     * @param port what it took from {@code PORT}, which yields to a file that names the address;
     *     empty if nothing
     */
    private RunningConfiguration(
            AdminClient client, List<String> flags, String port, Map<String, String> fixed) {
        this.client = client;
        this.flags = flags;
        this.port = port;
        this.fixed = fixed;
    }

    /**
     * Asks what no file can change there.
     *
     * @throws AdminException if the gateway can not be asked
     */
    static RunningConfiguration ask(AdminClient client) throws InterruptedException {
        List<String> flags = new ArrayList<>();
        Map<String, String> fixed = new LinkedHashMap<>();
        JsonTree told = client.read(ConfigView.NAME, Map.of()).tree();
        String port = "";
        for (JsonTree each : told.get("fixed").items()) {
            String value = each.get("value").text();
            if (each.get("by").text().equals(BY_PORT)) {
                port = value;
            } else {
                flags.add(each.get("path").text() + "=" + value);
                fixed.put(each.get("path").text(), each.get("by").text());
            }
        }
        return new RunningConfiguration(client, flags, port, fixed);
    }

    /**
     * The file as the gateway would read it.
     *
     * @param file null for the usual one
     * @param environment of this process
     */
    ConfigurationSource source(@Nullable String file, Map<String, String> environment) {
        Map<String, String> rest = new HashMap<>(environment);
        rest.keySet().removeIf(each -> each.startsWith(SETTINGS));
        rest.put(Configuration.PORT, port);
        return new ConfigurationSource(file, null, flags, rest);
    }

    /**
     * Compares; both sides go through the same text, so that they differ by value alone.
     *
     * @param wanted from {@link #source}
     * @throws AdminException if the gateway can not be asked or compared with
     */
    RunningDiff compare(Loaded wanted) throws InterruptedException {
        SecretMarks marks = SecretMarks.numbering();
        Loaded after = plain(marks.render(wanted), "the file");
        Map<String, String> question = new LinkedHashMap<>();
        question.put(ConfigView.KEY, marks.key());
        question.put(ConfigView.KNOWN, String.join(",", marks.hashes()));
        JsonTree told = client.read(ConfigView.NAME, question).tree();
        String version = told.get("version").text();
        Loaded before = plain(told.get("yaml").text(), "the gateway of version " + version);
        List<Diff.Change> changes =
                Diff.between(before, after).stream()
                        .filter(each -> !isFixed(each.path()))
                        .map(RunningConfiguration::shown)
                        .toList();
        return new RunningDiff(before, after, changes, fixed);
    }

    private static Loaded plain(String yaml, String of) {
        return switch (Configuration.UNCHECKED.load(Source.text(of, yaml))) {
            case Loaded loaded -> loaded;
            case Rejected(var problems) ->
                    throw new AdminException(
                            "this version ("
                                    + Version.TEXT
                                    + ") can not compare: "
                                    + problems.getFirst());
        };
    }

    private boolean isFixed(String path) {
        return fixed.keySet().stream().anyMatch(each -> isIn(path, each));
    }

    private static boolean isIn(String path, String parent) {
        return path.startsWith(parent)
                && (path.length() == parent.length()
                        || ".[".indexOf(path.charAt(parent.length())) >= 0);
    }

    private static Diff.Change shown(Diff.Change change) {
        return new Diff.Change(change.path(), shown(change.before()), shown(change.after()));
    }

    private static @Nullable String shown(@Nullable String text) {
        return text == null ? null : SecretMarks.shown(text);
    }
}
