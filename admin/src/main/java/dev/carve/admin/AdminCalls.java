package dev.carve.admin;

import dev.carve.runtime.admin.AdminCommand;
import dev.carve.runtime.admin.AdminView;
import dev.carve.runtime.admin.BadArgumentException;
import dev.carve.runtime.metrics.MetricSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** Makes the answers: virtual threads, several at once. Immutable. */
final class AdminCalls {

    private static final Logger LOG = LoggerFactory.getLogger(AdminCalls.class);

    private static final int LOGGED_CHARS_MAX = 400;

    /** What begins so is for the command alone. */
    private static final String SECRET = "secret_";

    private final AdminServer.Parts parts;
    private final Map<String, AdminView> views = new TreeMap<>();
    private final Map<String, AdminCommand> commands = new TreeMap<>();

    AdminCalls(AdminServer.Parts parts) {
        this.parts = parts;
        for (AdminView each : parts.views()) {
            if (views.put(each.name(), each) != null) {
                throw new IllegalArgumentException("two views are named " + each.name());
            }
        }
        for (AdminCommand each : parts.commands()) {
            if (commands.put(each.name(), each) != null) {
                throw new IllegalArgumentException("two commands are named " + each.name());
            }
        }
    }

    Answer readiness() {
        Readiness.State state = parts.readiness().state();
        return Answer.text(state.ready() ? 200 : 503, state.reason());
    }

    Answer metrics() {
        Exposition exposition = new Exposition();
        for (MetricSource each : parts.metrics()) {
            each.collect(exposition);
        }
        return Answer.of(200, Exposition.TYPE, exposition.text());
    }

    Answer list() {
        Map<String, String> readable = new LinkedHashMap<>();
        views.forEach((name, view) -> readable.put(name, view.doc()));
        Map<String, String> callable = new LinkedHashMap<>();
        commands.forEach((name, command) -> callable.put(name, command.doc()));
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("views", readable);
        tree.put("commands", callable);
        return Answer.json(200, tree);
    }

    /** Why a name can not be called by this method; null if it can. */
    @Nullable Answer refuse(String name, boolean change) {
        boolean readable = views.containsKey(name);
        boolean callable = commands.containsKey(name);
        if (change ? callable : readable) {
            return null;
        }
        if (readable || callable) {
            return AdminHandler.notAllowed(readable ? "GET, HEAD" : "POST");
        }
        return Answer.error(404, "not_found", "no view or command of this name; see /api");
    }

    Answer read(String name, Map<String, String> arguments) {
        AdminView view = views.get(name);
        if (view == null) {
            throw new IllegalArgumentException("no view " + name);
        }
        return Answer.json(200, view.content().read(arguments));
    }

    /**
     * Runs a command. Who asked for what is in the log whatever comes of it, one line each.
     *
     * @param by the caller's address
     */
    Answer run(String name, Map<String, String> arguments, String by) {
        AdminCommand command = commands.get(name);
        if (command == null) {
            throw new IllegalArgumentException("no command " + name);
        }
        try {
            AdminCommand.Outcome outcome = command.action().run(arguments);
            return switch (outcome) {
                case AdminCommand.Done(String text) -> {
                    audit(name, arguments, by).log("done by admin call");
                    yield Answer.json(200, Map.of("result", text));
                }
                case AdminCommand.Refused(String text) -> {
                    audit(name, arguments, by).log("admin call refused");
                    yield Answer.error(409, "refused", text);
                }
            };
        } catch (RuntimeException failed) {
            boolean asked = failed instanceof BadArgumentException;
            audit(name, arguments, by).log(asked ? "admin call refused" : "admin call failed");
            throw failed;
        }
    }

    private static LoggingEventBuilder audit(
            String name, Map<String, String> arguments, String by) {
        // In one value, so that no argument's name passes for another pair.
        return LOG.atInfo()
                .addKeyValue("command", name)
                .addKeyValue("by", by)
                .addKeyValue("arguments", cut(shown(arguments).toString()));
    }

    /** As the log may hold them. */
    static Map<String, String> shown(Map<String, String> arguments) {
        Map<String, String> shown = new TreeMap<>(arguments);
        shown.replaceAll((name, value) -> name.startsWith(SECRET) ? "***" : value);
        return shown;
    }

    private static String cut(String text) {
        return text.length() <= LOGGED_CHARS_MAX ? text : text.substring(0, LOGGED_CHARS_MAX) + "…";
    }

    /** What a call that ended in an exception is answered. */
    static Answer failed(String path, RuntimeException why) {
        if (why instanceof BadArgumentException) {
            return Answer.error(400, "bad_argument", String.valueOf(why.getMessage()));
        }
        LOG.atError().addKeyValue("path", path).setCause(why).log("an admin call failed");
        return Answer.error(500, "internal", "the call failed; see the log");
    }
}
