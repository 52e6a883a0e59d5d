package dev.carve.app;

import java.io.PrintStream;
import java.util.List;

/**
 * The command line. Exit codes: 0 done, 1 failed, 2 wrong use.
 *
 * <p>A plain {@code run} is read by hand: it is what start-up time is measured on, and a gateway
 * that is started again by its platform must not wait for an argument parser. Everything else, and
 * whatever is unusual about {@code run}, goes to {@link CommandLineTree}, which says the same.
 */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(run(List.of(arguments), System.out, System.err));
    }

    /** Runs one command; {@code run} comes back when its server has stopped. */
    static int run(List<String> arguments, PrintStream out, PrintStream err) {
        RunOptions plain = RunOptions.readPlain(arguments);
        if (plain != null) {
            return new Running(out, err).run(plain);
        }
        if (arguments.equals(List.of("--training"))) {
            return Training.run(err);
        }
        return CommandLineTree.execute(arguments, out, err);
    }
}
