package dev.carve.bench.peer;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds outside programs, asks them for their version, and finds ports for them. */
public final class Tools {

    private Tools() {}

    /** Looks on the PATH and where Debian keeps servers, which is not on every user's PATH. */
    public static Optional<Path> find(String program) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.concat(
                        Stream.of(path.split(File.pathSeparator, -1)),
                        Stream.of("/usr/sbin", "/usr/local/sbin"))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static Path require(String program) throws IOException {
        return find(program)
                .orElseThrow(() -> new IOException(program + " is not installed (looked on PATH)"));
    }

    static Optional<String> missing(String program) {
        return find(program).isPresent()
                ? Optional.empty()
                : Optional.of(program + " is not installed (looked on PATH)");
    }

    /** The first line a program prints, on whichever stream. */
    public static String firstLine(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said.lines().findFirst().orElse("").strip();
    }

    /**
     * A port that was free a moment ago. Programs that cannot say which port they took leave no
     * better way; one that finds it taken fails to start, and its row says so.
     */
    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
