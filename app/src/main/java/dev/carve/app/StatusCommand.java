package dev.carve.app;

import dev.carve.app.CommandLineTree.Streams;
import dev.carve.app.terminal.Look;
import dev.carve.app.terminal.Paint;
import dev.carve.app.terminal.Width;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code carve status}: how a running gateway stands. */
@Command(
        name = "status",
        description = {
            "Shows how the running gateway stands: process and machine, services with their"
                    + " instances, the busiest routes.",
            "Rates, shares and times are of the second in which it looks (--over); everything since"
                    + " the start is in --json.",
            "Exit codes: 0 done, 1 no gateway, 2 wrong use."
        },
        mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {

    private static final int ROUTES = 20;
    private static final String BETWEEN_FIRST = "500ms";
    private static final String BETWEEN = "2s";
    private static final long DOWN_SECONDS = 2;
    private static final String CLEAR_LINE = "\u001b[K";
    private static final String HOME = "\u001b[H";
    private static final String CLEAR_BELOW = "\u001b[J";
    private static final String OTHER_SCREEN = "\u001b[?1049h\u001b[?25l";
    private static final String OWN_SCREEN = "\u001b[?25h\u001b[?1049l";

    private final Streams streams;

    @Mixin AdminOptions admin = new AdminOptions();

    @Option(
            names = "--over",
            paramLabel = "TIME",
            description = "how long it looks, 100ms to 60s (default: 1s; with --watch 2s)")
    @Nullable String over;

    @Option(names = "--watch", description = "show it again and again, on a terminal, until Ctrl-C")
    boolean watch;

    @Option(names = "--all", description = "every route and instance, not only the busiest")
    boolean all;

    @Option(names = "--json", description = "what the gateway answers, for programs")
    boolean json;

    StatusCommand(Streams streams) {
        this.streams = streams;
    }

    @Override
    public Integer call() throws InterruptedException {
        Look look = Look.of(streams.out(), System.getenv());
        if (watch && (json || !look.redraws())) {
            throw new UsageException("--watch needs a terminal and goes without --json");
        }
        try (AdminClient client = admin.client()) {
            if (watch) {
                watch(client, look);
            } else {
                AdminClient.Reply reply = read(client, "1s");
                if (json) {
                    streams.out().println(reply.text().strip());
                } else {
                    text(client, reply, look, Width.of(look, System.getenv()))
                            .forEach(streams.out()::println);
                }
            }
        }
        return ExitCode.DONE;
    }

    private AdminClient.Reply read(AdminClient client, String usual) throws InterruptedException {
        return client.read("status", Map.of("over", over == null ? usual : over));
    }

    private List<String> text(AdminClient client, AdminClient.Reply reply, Look look, Width width) {
        int routes = all ? Integer.MAX_VALUE : ROUTES;
        return new StatusText(reply.tree(), look, width.columns(), routes)
                .lines(client.target().shown());
    }

    /**
     * The gateway itself takes the time between two pictures, so that each shows all of what
     * happened since the last. A gateway that stops answering is shown as that and asked again: it
     * may be about to restart. What is drawn never exceeds the screen.
     */
    private void watch(AdminClient client, Look look) throws InterruptedException {
        AdminClient.Reply first = read(client, BETWEEN_FIRST);
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> leave(ended), "carve-status-end"));
        streams.out().print(OTHER_SCREEN);
        Width width = Width.of(look, System.getenv());
        draw(text(client, first, look, width), width, ended);
        long pauseSeconds = 0;
        while (!ended.await(pauseSeconds, TimeUnit.SECONDS)) {
            List<String> lines;
            width = Width.of(look, System.getenv());
            try {
                lines = text(client, read(client, BETWEEN), look, width);
                pauseSeconds = 0;
            } catch (AdminException down) {
                lines = List.of(look.paint(Paint.RED, String.valueOf(down.getMessage())));
                pauseSeconds = DOWN_SECONDS;
            }
            draw(lines, width, ended);
        }
    }

    private synchronized void draw(List<String> lines, Width width, CountDownLatch ended) {
        if (ended.getCount() == 0) {
            return; // The shell has its screen again.
        }
        StringBuilder picture = new StringBuilder(HOME);
        int shown = Math.min(lines.size(), width.lines() - 1);
        for (String each : lines.subList(0, shown)) {
            picture.append(each).append(CLEAR_LINE).append("\r\n");
        }
        streams.out().print(picture.append(CLEAR_BELOW));
        streams.out().flush();
    }

    /** At Ctrl-C: a thread of the JVM's end. */
    private synchronized void leave(CountDownLatch ended) {
        ended.countDown();
        streams.out().print(OWN_SCREEN);
        streams.out().flush();
    }
}
