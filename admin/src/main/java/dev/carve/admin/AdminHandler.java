package dev.carve.admin;

import dev.carve.http.Listener;
import dev.carve.http.Method;
import dev.carve.http.RequestHandler;
import dev.carve.http.ServerStream;
import dev.carve.runtime.Failure;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides what becomes of a request of the admin listener: refused or answered at once on the loop,
 * or given to a virtual thread. Probes are not held to the bound on calls, so that slow views can
 * not make the process look dead; connections bound them.
 *
 * <p>Thread: event loops. Keeps nothing of a request.
 */
final class AdminHandler implements RequestHandler, Listener.MalformedHandler {

    private static final Answer ALIVE = Answer.text(200, "alive");
    private static final Answer BUSY =
            Answer.error(503, "busy", "as many admin calls are under way as may be")
                    .with("Retry-After", "1");

    private final Access access;
    private final AdminCalls calls;
    private final Semaphore permits;
    private final ThreadFactory threads = Thread.ofVirtual().name("carve-admin-", 0).factory();

    AdminHandler(Access access, AdminCalls calls, int concurrency) {
        this.access = access;
        this.calls = calls;
        this.permits = new Semaphore(concurrency);
    }

    static Answer notAllowed(String allowed) {
        return Answer.error(405, "method_not_allowed", "allowed: " + allowed)
                .with("Allow", allowed);
    }

    @Override
    public void handle(ServerStream stream) {
        AdminExchange exchange = new AdminExchange(stream);
        String target = stream.head().target();
        String path = AdminPath.path(target);
        AdminPath kind = AdminPath.of(path);
        Answer refused = refuse(stream, kind, path);
        if (refused != null) {
            exchange.answer(refused);
            return;
        }
        switch (kind) {
            case HEALTH -> exchange.answer(ALIVE);
            case READY -> start(exchange, path, calls::readiness, null);
            case METRICS -> bounded(exchange, path, calls::metrics);
            case API_LIST -> bounded(exchange, path, calls::list);
            case API -> {
                String name = AdminPath.name(path);
                if (stream.head().method() == Method.POST) {
                    String by = stream.peer().addressText();
                    exchange.readForm(form -> change(exchange, path, form, by));
                } else {
                    withArguments(
                            exchange,
                            "",
                            arguments ->
                                    bounded(exchange, path, () -> calls.read(name, arguments)));
                }
            }
            case UNKNOWN -> throw new IllegalStateException("refused above");
        }
    }

    private @Nullable Answer refuse(ServerStream stream, AdminPath kind, String path) {
        if (kind == AdminPath.UNKNOWN) {
            return Answer.error(404, "not_found", "no such path; see /api");
        }
        Answer refused = access.refuse(stream.head(), stream.peer(), kind);
        if (refused != null) {
            return refused;
        }
        Method method = stream.head().method();
        boolean read = method == Method.GET || method == Method.HEAD;
        if (kind != AdminPath.API) {
            return read ? null : notAllowed("GET, HEAD");
        }
        return read || method == Method.POST
                ? calls.refuse(AdminPath.name(path), !read)
                : notAllowed("GET, HEAD, POST");
    }

    private void change(AdminExchange exchange, String path, String form, String by) {
        String name = AdminPath.name(path);
        withArguments(
                exchange,
                form,
                arguments -> bounded(exchange, path, () -> calls.run(name, arguments, by)));
    }

    /** Goes on with the arguments of query and form, or answers what is wrong with them. */
    private static void withArguments(
            AdminExchange exchange, String form, Consumer<Map<String, String>> next) {
        Map<String, String> arguments = new HashMap<>();
        try {
            AdminPath.readArguments(AdminPath.query(exchange.target()), arguments);
            AdminPath.readArguments(form, arguments);
        } catch (IllegalArgumentException e) {
            exchange.answer(Answer.error(400, "bad_argument", String.valueOf(e.getMessage())));
            return;
        }
        next.accept(Map.copyOf(arguments));
    }

    private void bounded(AdminExchange exchange, String path, Supplier<Answer> call) {
        if (permits.tryAcquire()) {
            start(exchange, path, call, permits);
        } else {
            exchange.answer(BUSY);
        }
    }

    private void start(
            AdminExchange exchange,
            String path,
            Supplier<Answer> call,
            @Nullable Semaphore permit) {
        Thread thread =
                threads.newThread(() -> {
                    Answer answer;
                    try {
                        answer = call.get();
                    } catch (RuntimeException e) {
                        answer = AdminCalls.failed(path, e);
                    } finally {
                        if (permit != null) {
                            permit.release();
                        }
                    }
                    exchange.answerFromElsewhere(answer);
                });
        exchange.answeredBy(thread);
        thread.start();
    }

    @Override
    public void refuse(ServerStream stream, Failure why) {
        new AdminExchange(stream)
                .answer(
                        Answer.error(
                                why.kind().status(),
                                why.kind().name().toLowerCase(Locale.ROOT),
                                why.kind().text()));
    }
}
