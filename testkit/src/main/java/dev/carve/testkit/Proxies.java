package dev.carve.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.IntFunction;

/**
 * nginx and HAProxy as plain reverse proxies in front of one upstream, kept-alive connections to it
 * included and everything else as the distribution has it: the measuring sticks beside Carve.
 * Stateless.
 */
public final class Proxies {

    private static final int TRIES = 3;
    private static final Duration START_MAX = Duration.ofSeconds(10);

    private Proxies() {}

    /** Starts nginx, or skips the test where it is not found. */
    public static RunningProxy nginx(int upstreamPort) {
        Path program = OutsidePrograms.require("nginx");
        return start(
                "nginx",
                port -> nginxFile(port, upstreamPort),
                folder ->
                        List.of(
                                program.toString(),
                                "-e",
                                folder.resolve("error.log").toString(),
                                "-p",
                                folder.toString(),
                                "-c",
                                folder.resolve("nginx.conf").toString()));
    }

    /** Starts HAProxy, or skips the test where it is not found. */
    public static RunningProxy haproxy(int upstreamPort) {
        Path program = OutsidePrograms.require("haproxy");
        return start(
                "haproxy",
                port -> haproxyFile(port, upstreamPort),
                folder ->
                        List.of(
                                program.toString(),
                                "-db",
                                "-f",
                                folder.resolve("haproxy.conf").toString()));
    }

    private static String nginxFile(int port, int upstreamPort) {
        // A worker of root's nginx becomes another user, who could not write below the test's
        // folder.
        String user = "root".equals(System.getProperty("user.name")) ? "user root;" : "";
        return """
        %s
        daemon off;
        worker_processes 1;
        pid nginx.pid;
        error_log error.log;
        events { worker_connections 512; }
        http {
          access_log off;
          client_body_temp_path body;
          proxy_temp_path proxy;
          fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi;
          scgi_temp_path scgi;
          upstream app { server 127.0.0.1:%d max_fails=0; keepalive 8; }
          server {
            listen 127.0.0.1:%d;
            location / {
              proxy_pass http://app;
              proxy_http_version 1.1;
              proxy_set_header Host $http_host;
              proxy_set_header Connection "";
            }
          }
        }
        """
                .formatted(user, upstreamPort, port);
    }

    private static String haproxyFile(int port, int upstreamPort) {
        return """
        global
          maxconn 512
        defaults
          mode http
          timeout connect 5s
          timeout client 10s
          timeout server 10s
          http-reuse always
        frontend in
          bind 127.0.0.1:%d
          default_backend app
        backend app
          server app 127.0.0.1:%d
        """
                .formatted(port, upstreamPort);
    }

    /** What to run for a configuration in that folder. */
    private interface Command {
        List<String> in(Path folder);
    }

    private static RunningProxy start(String name, IntFunction<String> file, Command command) {
        String output = "";
        for (int i = 0; i < TRIES; i++) {
            // The port may be taken between picking and binding: then another try picks another.
            int port = Ports.free();
            RunningProxy proxy = launch(name, port, file.apply(port), command);
            if (proxy.awaitAccepting(START_MAX)) {
                return proxy;
            }
            output = proxy.output();
            proxy.close();
        }
        throw new IllegalStateException(
                "%s did not start in %d tries; it says: %s".formatted(name, TRIES, output));
    }

    private static RunningProxy launch(String name, int port, String file, Command command) {
        try {
            Path folder = Files.createTempDirectory("carve-" + name + "-");
            Files.writeString(folder.resolve(name + ".conf"), file);
            Process process =
                    new ProcessBuilder(command.in(folder))
                            .directory(folder.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(folder.resolve("output.log").toFile())
                            .start();
            return new RunningProxy(name, port, folder, process);
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be started", e);
        }
    }
}
