package dev.carve.it.services;

import dev.carve.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * An instance that is a Node process of its own: killed without warning, and started again at the
 * same address.
 *
 * <p>Each has a loopback address of its own where the system has more than one: while it is away
 * nobody else is given its port there, nor can a connection to it become one to itself. One test
 * thread.
 */
final class NodeInstance implements AutoCloseable {

    private static final Duration START_MAX = Duration.ofSeconds(30);

    /** All of 127.0.0.0/8 is the machine itself. */
    private static final boolean MANY_ADDRESSES = Files.exists(Path.of("/proc/sys/net/ipv4"));

    private static final int FIRST_ADDRESS = 101;
    private static final int WORK_MILLIS = 20;

    private final Path node;
    private final Path script;
    private final Path folder;
    private final String name;
    private final String host;
    private int port;
    private int starts;
    private Process process;

    private NodeInstance(Path node, Path script, Path folder, int number) throws IOException {
        this.node = node;
        this.script = script;
        this.folder = folder;
        name = "instance-" + number;
        host = MANY_ADDRESSES ? "127.0.0." + (FIRST_ADDRESS + number) : "127.0.0.1";
        process = launch();
        port = awaitPort();
    }

    /** Starts it, at a port that the system chooses, and waits until it listens. */
    static NodeInstance start(Path node, Path script, Path folder, int number) throws IOException {
        return new NodeInstance(node, script, folder, number);
    }

    private Process launch() throws IOException {
        starts++;
        List<String> command = new ArrayList<>(List.of(node.toString(), script.toString()));
        command.addAll(List.of(host, Integer.toString(port), name, Integer.toString(WORK_MILLIS)));
        return new ProcessBuilder(command)
                .redirectOutput(output().toFile())
                .redirectError(folder.resolve(name + "-" + starts + ".err").toFile())
                .start();
    }

    private Path output() {
        return folder.resolve(name + "-" + starts);
    }

    private int awaitPort() {
        int[] told = new int[1];
        Await.until(
                name + " to listen",
                START_MAX,
                () -> {
                    told[0] = toldPort();
                    return told[0] > 0;
                },
                () -> process.isAlive() ? "no port told" : "it ended: " + errors());
        return told[0];
    }

    private int toldPort() {
        try {
            String said = Files.readString(output());
            return said.endsWith("\n") ? Integer.parseInt(said.strip()) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    private String errors() {
        try {
            return Files.readString(folder.resolve(name + "-" + starts + ".err"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    String name() {
        return name;
    }

    String url() {
        return "http://" + host + ":" + port;
    }

    boolean isUp() {
        return process.isAlive();
    }

    /** SIGKILL, and waits for the end. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Starts it again at its address, and waits until it listens. */
    void comeBack() throws IOException {
        process = launch();
        awaitPort();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
