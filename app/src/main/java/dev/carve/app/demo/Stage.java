package dev.carve.app.demo;

import dev.carve.app.demo.ChildJvm.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The processes of the demo and the folder of their files. Carve runs as a process of its own too,
 * started like any other Carve: so it has the machine to itself as far as a gateway has, the load
 * generator's garbage is not its garbage, and its processor time can be told.
 *
 * <p>Made and used by the main thread; closed by it or by the shutdown hook, whoever comes first.
 */
final class Stage implements AutoCloseable {

    private static final Pattern LISTENING = Pattern.compile("monolith listening on (\\S+)");
    private static final Pattern COUNTING = Pattern.compile("count listening on (\\S+)");

    private final Screen screen;

    // Guarded by this.
    private final List<ChildJvm> children = new ArrayList<>();
    private @Nullable Path folder;
    private boolean closed;

    private volatile boolean staying;

    // Main thread only.
    private int adminPort;

    Stage(Screen screen) {
        this.screen = screen;
    }

    /** A process that answers, and where. */
    record Running(ChildJvm process, URI uri) {}

    /** Where Carve shows its metrics, once it runs. */
    URI admin() {
        return URI.create("http://127.0.0.1:" + adminPort);
    }

    /** Starts the sample monolith on a free port. */
    Running monolith() {
        Path output = file("monolith.out");
        ChildJvm child =
                start(
                        new Program(
                                "the monolith",
                                "dev.carve.example.monolith.Monolith",
                                List.of("--port", "0", "--rows", "10000"),
                                output,
                                file("monolith.log")));
        URI uri =
                child.await(() -> {
                    Matcher line = LISTENING.matcher(read(output));
                    return line.find() ? Optional.of(URI.create(line.group(1))) : Optional.empty();
                });
        return new Running(child, uri);
    }

    /** Starts Carve in front of a monolith, by a file as anybody would write it. */
    Running carve(URI monolith) {
        URI uri = URI.create("http://127.0.0.1:" + freePort());
        adminPort = freePort();
        Path configuration = configuration();
        try {
            Files.writeString(
                    configuration,
                    """
                    listen: %s
                    admin: 127.0.0.1:%d
                    services:
                      monolith: %s
                    routes:
                      - { match: /, to: monolith }
                    """
                            .formatted(uri.getAuthority(), adminPort, monolith));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ChildJvm child =
                start(
                        new Program(
                                "Carve",
                                "dev.carve.app.Main",
                                List.of("run", "--config", configuration.toString()),
                                accessLog(),
                                file("carve.log")));
        return new Running(
                child, child.await(() -> answers(uri) ? Optional.of(uri) : Optional.empty()));
    }

    /** Starts the service that Count moves to, with the published mistake. */
    Running count() {
        Path output = file("count.out");
        ChildJvm child =
                start(
                        new Program(
                                "the new service",
                                "dev.carve.example.count.CountService",
                                List.of("--port", "0", "--greatest", "99"),
                                output,
                                file("count.log")));
        URI uri =
                child.await(() -> {
                    Matcher line = COUNTING.matcher(read(output));
                    return line.find() ? Optional.of(URI.create(line.group(1))) : Optional.empty();
                });
        return new Running(child, uri);
    }

    /** Adds the carve to Carve's file, which then has to be loaded. */
    void carveCount(URI count) {
        Path configuration = configuration();
        try {
            String text = Files.readString(configuration);
            Files.writeString(
                    configuration,
                    text.replace("routes:\n", "  count: " + count + "\nroutes:\n")
                            + Carving.BLOCK
                            + "store: \""
                            + file("carve.db")
                            + "\"\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file that Carve runs by. */
    Path configuration() {
        return file("carve.yaml");
    }

    /** Where Carve's standard output goes. */
    Path accessLog() {
        return file("access.log");
    }

    /** Waits until the person ends the demo. */
    void stay() {
        staying = true;
        List<ChildJvm> all;
        synchronized (this) {
            all = children.stream().filter(child -> !child.isExpectedToEnd()).toList();
        }
        CompletableFuture.anyOf(
                        all.stream().map(ChildJvm::onExit).toArray(CompletableFuture[]::new))
                .join();
        // Ctrl-C reaches the children too; then the shutdown hook is at work and says nothing of
        // it.
        all.stream()
                .filter(child -> !child.isAlive())
                .findFirst()
                .ifPresent(child -> {
                    throw new DemoFailure(child.ended());
                });
    }

    private synchronized ChildJvm start(Program program) {
        if (closed) {
            throw new DemoFailure("ended");
        }
        ChildJvm child = ChildJvm.start(program);
        children.add(child);
        return child;
    }

    private synchronized Path file(String name) {
        if (closed) {
            throw new DemoFailure("ended");
        }
        Path made = folder;
        if (made == null) {
            try {
                made = Files.createTempDirectory("carve-demo-");
            } catch (IOException e) {
                throw new DemoFailure("cannot make a temporary folder: " + e.getMessage());
            }
            folder = made;
        }
        return made.resolve(name);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() {
        try (ServerSocket socket =
                new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new DemoFailure("no free port: " + e.getMessage());
        }
    }

    private static boolean answers(URI uri) {
        try {
            HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
            connection.setConnectTimeout(1000);
            connection.setReadTimeout(5000);
            try {
                return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
            } finally {
                connection.disconnect();
            }
        } catch (IOException notYet) {
            return false;
        }
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /** The shutdown hook. */
    void closeAtSignal() {
        boolean asked = staying && !isClosed();
        screen.close();
        close();
        if (asked) {
            // The person has seen what there was to see: no failure. Left alone, the exit status
            // would be that of the signal.
            Runtime.getRuntime().halt(0);
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        children.forEach(ChildJvm::stop);
        children.forEach(ChildJvm::close);
        Path made = folder;
        if (made != null) {
            delete(made);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path each : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException leftBehind) {
            // A few small files in the system's temporary folder, which it clears.
        }
    }
}
