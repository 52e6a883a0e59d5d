package dev.carve.app;

import dev.carve.config.Diagnostic;
import dev.carve.config.LoadResult;
import dev.carve.config.Loaded;
import dev.carve.config.Rejected;
import dev.carve.runtime.Clock;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

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
        try {
            return switch (options.source().load()) {
                case Rejected rejected -> {
                    rejected.diagnostics().forEach(err::println);
                    yield ExitCode.USAGE;
                }
                case Loaded loaded -> serve(loaded, options, started);
            };
        } catch (UsageException wrong) {
            err.println("carve: " + wrong.getMessage());
            return ExitCode.USAGE;
        } catch (StartException failed) {
            err.println("carve: " + failed.getMessage());
            return ExitCode.FAILED;
        }
    }

    private int serve(Loaded loaded, RunOptions options, Consumer<? super Server> started)
            throws StartException {
        loaded.warnings().stream().map(Diagnostic::toString).forEach(err::println);
        ConfigurationSource source = options.source();
        java.util.function.Supplier<LoadResult> anew = source::load;
        try (Server server = Server.start(loaded, new ServerOptions(Clock.system(), anew))) {
            err.println("carve: listening at " + server.addressText());
            InetSocketAddress admin = server.adminAddress();
            if (admin != null) {
                err.println("carve: admin at " + admin.getHostString() + ":" + admin.getPort());
            }
            // After the first connection can be accepted: nobody waits for these.
            Signals.connect(server);
            if (options.watch() && source.path() != null) {
                server.watch(source.path());
            }
            started.accept(server);
            server.awaitStopped();
        }
        out.flush();
        return ExitCode.DONE;
    }
}
