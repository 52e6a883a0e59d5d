package dev.carve.it.gateway;

import dev.carve.it.Project;
import dev.carve.testkit.Await;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Carve as a process of its own, with this JVM's class path and the flags that {@code ./carve}
 * gives, and every buffer tracked: a leak that was found fails {@link #close}. One test thread.
 */
public final class GatewayProcess implements AutoCloseable {

    private static final String HEAP = "-Xmx256m"; // as the launcher's CARVE_HEAP
    private static final String TRACKING = "-Dio.netty.leakDetection.level=paranoid";
    private static final String FILE = "carve.yaml";
    private static final String LOG = "stdout";
    private static final String LISTEN = "listen: 127.0.0.1:0\nadmin: 127.0.0.1:0\n";
    private static final Duration START_MAX = Duration.ofSeconds(30);

    private static final Pattern PORT =
            Pattern.compile(
                    "^carve: (listening|admin) at 127\\.0\\.0\\.1:([0-9]+)$", Pattern.MULTILINE);

    private final Process process;
    private final Path folder;
    private int port;
    private int adminPort;

    private GatewayProcess(Process process, Path folder) {
        this.process = process;
        this.folder = folder;
    }

    /**
     * Starts it and waits until it accepts; its standard output is thrown away.
     *
     * @param folder where its files go
     * @param file its configuration without {@code listen} and {@code admin}
     * @param flags further flags of its JVM
     */
    public static GatewayProcess start(Path folder, String file, String... flags)
            throws IOException {
        return start(folder, file, List.of(), ProcessBuilder.Redirect.DISCARD, flags);
    }

    /**
     * Starts it with further arguments for {@code carve run}; its standard output goes to a file,
     * see {@link #log}.
     */
    public static GatewayProcess start(
            Path folder, String file, List<String> arguments, String... flags) throws IOException {
        var log = ProcessBuilder.Redirect.to(folder.resolve(LOG).toFile());
        return start(folder, file, arguments, log, flags);
    }

    /** Where its standard output goes, if that was not thrown away. */
    public Path logFile() {
        return folder.resolve(LOG);
    }

    private static GatewayProcess start(
            Path folder,
            String file,
            List<String> arguments,
            ProcessBuilder.Redirect output,
            String... flags)
            throws IOException {
        write(folder, file);
        List<String> further = new ArrayList<>(List.of(TRACKING));
        further.addAll(List.of(flags));
        List<String> command = command(further.toArray(String[]::new));
        command.addAll(List.of("run", "--config", folder.resolve(FILE).toString()));
        command.addAll(arguments);
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(output)
                        .redirectError(folder.resolve("stderr").toFile())
                        .start();
        var started = new GatewayProcess(process, folder);
        Await.until(
                "Carve's two addresses",
                START_MAX,
                () -> started.portTold("admin") > 0 || !process.isAlive(),
                started::errors);
        if (!process.isAlive()) {
            throw new IOException("Carve ended at once:\n" + started.errors());
        }
        started.port = started.portTold("listening");
        started.adminPort = started.portTold("admin");
        return started;
    }

    /** What starts any of Carve's commands; the command's own words follow. */
    public static List<String> command(String... flags) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@" + Project.root().resolve("scripts/java.flags"));
        command.add(HEAP);
        command.addAll(List.of(flags));
        // Surefire's own class path is one jar that names the real one here.
        String tests = System.getProperty("surefire.test.class.path");
        command.addAll(
                List.of("-cp", tests == null ? System.getProperty("java.class.path") : tests));
        command.add("dev.carve.app.Main");
        return command;
    }

    private static void write(Path folder, String file) throws IOException {
        // Ports that the system chooses cannot be taken by another; they are told at the start.
        Path next = folder.resolve(FILE + ".next");
        Files.writeString(next, LISTEN + file);
        Files.move(
                next,
                folder.resolve(FILE),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    /** Replaces its file in one step, but for {@code listen} and {@code admin}. */
    public void rewrite(String file) throws IOException {
        write(folder, file);
    }

    /** Writes into its file as it lies there, but for {@code listen} and {@code admin}. */
    public void overwrite(String file) throws IOException {
        Files.writeString(folder.resolve(FILE), LISTEN + file);
    }

    public int port() {
        return port;
    }

    /** Of its admin listener. */
    public int adminPort() {
        return adminPort;
    }

    private int portTold(String of) {
        Matcher told = PORT.matcher(errors());
        while (told.find()) {
            if (told.group(1).equals(of)) {
                return Integer.parseInt(told.group(2));
            }
        }
        return 0;
    }

    /** What its admin listener answers to a GET. */
    public RawResponse admin(String target) throws IOException {
        return admin("GET", target);
    }

    /** What its admin listener answers. */
    public RawResponse admin(String method, String target) throws IOException {
        try (var client = RawClient.connect(adminPort())) {
            String length = method.equals("GET") ? "" : "Content-Length: 0\r\n";
            return client.send(
                            "%s %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n"
                                    .formatted(method, target, length))
                    .read(method);
        }
    }

    /** Its metrics now. */
    public Scrape scrape() throws IOException {
        return Scrape.of(admin("/metrics").bodyText());
    }

    /** What it has written to its standard output, where that is kept. */
    public String log() throws IOException {
        return Files.readString(folder.resolve(LOG));
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** What it has written to its standard error. */
    public String errors() {
        try {
            return Files.readString(folder.resolve("stderr"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Sends SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    /** Sends SIGHUP. */
    public void hangUp() throws IOException, InterruptedException {
        signal("HUP");
    }

    /** Sends the signal of that name. */
    public void signal(String name) throws IOException, InterruptedException {
        int code =
                new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                        .start()
                        .waitFor();
        if (code != 0) {
            throw new IOException("kill -" + name + " ended with " + code);
        }
    }

    /** Its exit code; -1 if it does not end in time. */
    public int awaitExit(Duration within) throws InterruptedException {
        return process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS) ? process.exitValue() : -1;
    }

    /** Open descriptors now; -1 where the system does not tell. */
    public int descriptors() {
        try (Stream<Path> files = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
            return (int) files.count();
        } catch (IOException e) {
            return -1;
        }
    }

    /** Proportional set size in KiB; -1 where the system does not tell. */
    public long pssKib() {
        try (Stream<String> lines =
                Files.lines(Path.of("/proc/" + process.pid() + "/smaps_rollup"))) {
            return lines.filter(line -> line.startsWith("Pss:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElse(-1);
        } catch (IOException e) {
            return -1;
        }
    }

    /**
     * Has its garbage collected and its buffers looked through.
     *
     * @throws AssertionError if one was collected that nobody had released
     */
    public void assertNoLeaks() throws IOException, InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        for (int round = 0; round < 2; round++) {
            var collected =
                    new ProcessBuilder(jcmd.toString(), Long.toString(pid()), "GC.run")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (collected.waitFor() != 0) {
                throw new IOException(jcmd + " ended with " + collected.exitValue());
            }
            // Netty tells what was collected when it next tracks a buffer, on whichever loop.
            for (int i = 0; i < 8; i++) {
                admin("/healthz");
            }
        }
        failOnLeak();
    }

    private void failOnLeak() {
        String all = errors();
        int leak = all.indexOf("LEAK");
        if (leak >= 0) {
            throw new AssertionError(all.substring(leak, Math.min(all.length(), leak + 4000)));
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        failOnLeak();
    }
}
