package dev.carve.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.bench.proc.GcLog;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts a stand-in for Carve from a folder that looks like the launcher's build. */
class CarvePeerTest {

    /** Answers every request with the arguments and a system property from the flags file. */
    private static final String STAND_IN =
            """
            package dev.carve.app;
            import java.io.*;
            import java.net.*;
            import java.nio.file.*;
            public class Main {
                public static void main(String[] args) throws Exception {
                    String listen = Files.readAllLines(Path.of(args[2])).getFirst();
                    int port = Integer.parseInt(listen.substring(listen.lastIndexOf(':') + 1));
                    try (var server = new ServerSocket(port, 8, InetAddress.getLoopbackAddress())) {
                        while (true) {
                            try (Socket client = server.accept()) {
                                client.getInputStream().read(new byte[8192]);
                                String body = args[0] + " " + args[1] + " " + System.getProperty("flag");
                                client.getOutputStream().write(
                                    ("HTTP/1.1 200 OK\\r\\nContent-Length: " + body.length()
                                        + "\\r\\n\\r\\n" + body).getBytes());
                            }
                        }
                    }
                }
            }
            """;

    @TempDir Path root;

    @Test
    void theBuildOfTheLauncherIsStartedWithItsFlagsAndItsCollectionsAreRead()
            throws IOException, InterruptedException {
        Outside.needs("taskset");
        build();
        CarvePeer carve = new CarvePeer(root);
        Path folder = Files.createDirectories(root.resolve("gateway"));
        GatewaySpec spec =
                new GatewaySpec(
                        "carve",
                        Profile.EQUAL_WORK,
                        folder,
                        "0",
                        Tools.freePort(),
                        Tools.freePort(),
                        1,
                        64,
                        CarveSetup.USUAL.withBallast(8));

        assertThat(carve.missing()).isEmpty();
        try (Running running = carve.start(spec)) {
            Probe.Ready ready = Probe.untilOk(running, "/");
            assertThat(ready.answer().body()).isEqualTo("run --config from-file");

            JvmTool.collect(running.pid());
            JvmTool.collect(running.pid());

            List<GcLog.Pause> pauses = GcLog.parse(Files.readString(CarvePeer.gcLog(folder)));
            assertThat(pauses).hasSizeGreaterThanOrEqualTo(2);
            assertThat(pauses.getLast().cause()).contains("Diagnostic Command");
            assertThat(pauses.getLast().afterBytes()).isGreaterThan(8 << 20);
        }
    }

    private void build() throws IOException {
        Files.writeString(
                Files.createDirectories(root.resolve("scripts")).resolve("java.flags"),
                "# one place\n-XX:+UseSerialGC\n-Dflag=from-file\n-Xlog:disable\n");
        Path builds = Files.createDirectories(root.resolve("target/carve"));
        Files.writeString(builds.resolve("current"), "3\n");
        Path source = Files.writeString(root.resolve("Main.java"), STAND_IN);
        int failed =
                ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, "-d", root.toString(), source.toString());
        assertThat(failed).isZero();
        Path jar = Files.createDirectories(builds.resolve("3/lib")).resolve("carve-app.jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(file)) {
            entries.putNextEntry(new JarEntry("dev/carve/app/Main.class"));
            Files.copy(root.resolve("dev/carve/app/Main.class"), entries);
        }
    }
}
