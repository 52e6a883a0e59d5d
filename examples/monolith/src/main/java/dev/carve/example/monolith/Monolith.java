package dev.carve.example.monolith;

import java.net.InetSocketAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;

/**
 * A running monolith. {@link #start} and {@link #close} are for any thread; closing finishes what
 * is open, within ten seconds.
 */
public final class Monolith implements AutoCloseable {

    private static final Duration GRACE = Duration.ofSeconds(10);

    private final MonolithOptions options;
    private final ApplicationThread application;
    private final Database database;
    private final HttpFront front;

    private Monolith(MonolithOptions options) {
        this.options = options;
        database = new Database(options.file(), options.rows());
        application = new ApplicationThread(options.queueMax(), database::close);
        Site site =
                new Site(
                        // The shared, locked kind that Math.random() uses: at about 20 ns a number
                        // the published loads cost what they cost the original.
                        new Count(new Random()),
                        new Orders(database, InstantSource.system(), new SecureRandom()),
                        new Stories(database),
                        new Rows(database, options.cpuTurns()),
                        new Badges(database));
        front =
                new HttpFront(
                        new InetSocketAddress(options.host(), options.port()), site, application);
    }

    /**
     * Starts a monolith that answers when this returns.
     *
     * @throws java.io.UncheckedIOException if it cannot listen where the options say
     * @throws IllegalStateException if the tables are to be prepared and cannot be made
     */
    public static Monolith start(MonolithOptions options) {
        Monolith monolith = new Monolith(options);
        try {
            monolith.prepare();
            monolith.front.start();
        } catch (RuntimeException e) {
            monolith.close();
            throw e;
        }
        return monolith;
    }

    private void prepare() {
        if (!options.prepare()) {
            return;
        }
        try {
            application
                    .submit(() -> {
                        database.prepare();
                        return true;
                    })
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot make the tables: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while making the tables", e);
        }
    }

    /** The port it listens on. */
    public int port() {
        return front.port();
    }

    /** Where to send requests, without a path. */
    public URI uri() {
        String host = options.host();
        String form = host.contains(":") ? "http://[%s]:%d" : "http://%s:%d";
        return URI.create(form.formatted(host, port()));
    }

    @Override
    public void close() {
        front.stop(GRACE);
        application.stop(GRACE);
    }

    /** Runs a monolith until SIGTERM or SIGINT; exits with 2 if an option is wrong. */
    public static void main(String[] args) {
        if (List.of(args).contains("--help")) {
            System.out.print(CommandLine.USAGE);
            return;
        }
        // Read by the first logger made; a line of log on one line.
        System.setProperty("java.util.logging.SimpleFormatter.format", "%4$s %5$s%6$s%n");
        Monolith monolith;
        try {
            monolith = start(CommandLine.parse(args, System.getenv()));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        } catch (RuntimeException e) {
            System.err.println(e.getMessage());
            System.exit(1);
            return;
        }
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    monolith.close();
                                    System.out.println("monolith stopped");
                                    System.out.flush();
                                    // A stop that was asked for is no failure; left alone, the
                                    // exit status would be that of the signal.
                                    Runtime.getRuntime().halt(0);
                                },
                                "monolith-stop"));
        System.out.println("monolith listening on " + monolith.uri());
        System.out.flush();
    }
}
