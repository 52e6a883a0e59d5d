package dev.carve.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What nginx needs to run from a folder of its own, as gateway or as backend. */
final class NginxFiles {

    private NginxFiles() {}

    static Running start(String label, int port, String cores, Path folder, String configuration)
            throws IOException {
        Path file = folder.resolve("nginx.conf");
        Files.writeString(file, configuration);
        return Running.start(
                label,
                port,
                cores,
                folder.resolve("output.log"),
                List.of(
                        Tools.require("nginx").toString(),
                        "-p",
                        folder.toString(),
                        "-e",
                        "stderr",
                        "-c",
                        file.toString()));
    }

    static String preamble(Path folder, int connections) {
        // Workers of a root master would run as a user who cannot read the folder.
        String user = "root".equals(System.getProperty("user.name")) ? "user root;" : "";
        return """
        # One worker for one core; the master only watches.
        worker_processes 1;
        worker_rlimit_nofile %d;
        daemon off;
        %s
        pid %s;
        error_log stderr warn;
        events {
            worker_connections %d;
        }
        """
                .formatted(connections + 64, user, folder.resolve("nginx.pid"), connections);
    }

    static String temporaryPaths(Path folder) {
        StringBuilder paths = new StringBuilder();
        for (String kind : List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) {
            paths.append("    %s_temp_path %s;%n".formatted(kind, folder.resolve("temp-" + kind)));
        }
        return paths.toString();
    }
}
