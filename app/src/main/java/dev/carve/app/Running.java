package dev.carve.app;

import dev.carve.config.Diagnostic;
import dev.carve.config.LoadResult;
import dev.carve.config.Loaded;
import dev.carve.config.Rejected;
import dev.carve.runtime.Clock;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code carve run}: starts a server, connects it to signals and file, waits for its end. */
final class Running {

    private final PrintStream out;
    private final PrintStream err;

    Running(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    int run(RunOptions options) {
        return run(options, server -> {});
    }

    /** Runs until the server has stopped; {@code started} is told once it serves. */
    int run(RunOptions options, Consumer<? super Server> started) {
        ConfigurationSource source = options.source();
        try {
            FileWatch watch = watch(options);
            Supplier<LoadResult> read =
                    watch == null ? source::load : () -> source.load(watch::read);
            return switch (read.get()) {
                case Rejected rejected -> {
                    rejected.diagnostics().forEach(err::println);
                    yield ExitCode.USAGE;
                }
                case Loaded loaded ->
                        serve(
                                loaded,
                                read,
                                server -> {
                                    if (watch != null) {
                                        server.watch(watch);
                                    }
                                    started.accept(server);
                                });
            };
        } catch (UsageException wrong) {
            err.println("carve: " + wrong.getMessage());
            return ExitCode.USAGE;
        } catch (StartException failed) {
            err.println("carve: " + failed.getMessage());
            return ExitCode.FAILED;
        }
    }

    /** Looks at the file before it is read, so that no change after that goes unseen. */
    private static @Nullable FileWatch watch(RunOptions options) {
        Path file = options.source().path();
        return options.watch() && file != null ? new FileWatch(file) : null;
    }

    private int serve(Loaded loaded, Supplier<LoadResult> anew, Consumer<Server> started)
            throws StartException {
        loaded.warnings().stream().map(Diagnostic::toString).forEach(err::println);
        try (Server server = Server.start(loaded, new ServerOptions(Clock.system(), anew))) {
            // Before it is said that it runs, since from then on somebody may send one.
            Signals.connect(server);
            err.println("carve: listening at " + server.addressText());
            InetSocketAddress admin = server.adminAddress();
            if (admin != null) {
                err.println("carve: admin at " + admin.getHostString() + ":" + admin.getPort());
            }
            started.accept(server);
            server.awaitStopped();
        }
        out.flush();
        return ExitCode.DONE;
    }
}
