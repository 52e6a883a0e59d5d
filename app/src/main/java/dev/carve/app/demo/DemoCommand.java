package dev.carve.app.demo;

import dev.carve.app.terminal.Look;
import java.net.URI;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code carve demo [--once]}. Exit codes: 0 done, 1 failed, 2 wrong use; ended by a signal while
 * it measures, that of the signal.
 */
@Command(
        name = "demo",
        description = {
            "Shows on this machine what going through Carve costs.",
            "Starts a sample monolith and Carve in front of it, and sends both the same load. Takes"
                    + " about a minute; then both stay up until Ctrl-C."
        },
        mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {

    @Option(names = "--once", description = "end after the measurements")
    private boolean once;

    /** Runs the demo to its end. */
    @Override
    public Integer call() {
        Screen screen = new Screen(System.out, Look.of(System.out, System.getenv()));
        Stage stage = new Stage(screen);
        Thread ending = new Thread(stage::closeAtSignal, "carve-demo-end");
        Runtime.getRuntime().addShutdownHook(ending);
        try {
            Story story = new Story(screen, stage);
            URI carve = story.tell();
            if (!once) {
                story.sayWhatIsUp(carve);
                stage.stay();
            }
            return 0;
        } catch (DemoFailure failure) {
            screen.finished();
            if (!stage.isClosed()) {
                System.err.println("carve demo: " + failure.getMessage());
            }
            return 1;
        } finally {
            stage.close();
            screen.close();
        }
    }
}
