package dev.carve.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** HAProxy, set up as someone who wants it to win would. */
public final class HaproxyPeer implements Peer {

    @Override
    public String name() {
        return "haproxy";
    }

    @Override
    public Optional<String> missing() {
        return Tools.missing("haproxy");
    }

    @Override
    public String version() throws IOException, InterruptedException {
        return Tools.firstLine(List.of(Tools.require("haproxy").toString(), "-v"));
    }

    @Override
    public boolean runsOnJvm() {
        return false;
    }

    @Override
    public Running start(GatewaySpec spec) throws IOException {
        Path file = spec.folder().resolve("haproxy.cfg");
        Files.writeString(file, configuration(spec));
        // -db: stay in the foreground as one process, without a master beside it. Never
        // -q, which puts /dev/null in the place of stdout and so of the access log.
        return Running.start(
                spec.label(),
                spec.listenPort(),
                spec.cores(),
                spec.folder().resolve("output.log"),
                List.of(Tools.require("haproxy").toString(), "-db", "-f", file.toString()));
    }

    static String configuration(GatewaySpec spec) {
        String log =
                spec.profile().othersLog()
                        ? """
                            # One HTTP line per request to stdout, which the harness has opened on a
                            # file: the cheapest way HAProxy has, no syslog daemon in between.
                            log stdout format raw local0
                        """
                        : "";
        String logOption = spec.profile().othersLog() ? "    log global\n    option httplog\n" : "";
        return """
        global
            # One thread: it has one core, and a second thread would only fight for it.
            nbthread 1
            # More than the load opens on both sides, so that nobody waits in a queue.
            maxconn %d
            # It reckons with a server connection for each client, and would refuse to start where
            # the hard limit of descriptors is lower, though idle clients need only their own.
            no strict-limits
        %s
        defaults
            mode http
        %s    # The same limits as the other gateways keep.
            timeout connect 5s
            timeout client 60s
            timeout server 60s
            timeout http-request 10s
            timeout http-keep-alive 300s
            # Keep both sides open, and let any request use any idle server connection, which is
            # the fastest mode; the default (safe) gives a client's first request a new one.
            option http-keep-alive
            http-reuse always

        frontend clients
            bind 127.0.0.1:%d
            # What every gateway here adds: X-Forwarded-For, -Proto, -Host and a request id. The id
            # is the format of HAProxy's manual, cheaper than its uuid().
            option forwardfor
            http-request set-header X-Forwarded-Proto http
            http-request set-header X-Forwarded-Host %%[req.hdr(host)]
            unique-id-format %%{+X}o\\ %%ci:%%cp_%%fi:%%fp_%%Ts_%%rt:%%pid
            unique-id-header X-Request-Id
            default_backend services

        backend services
            # Buffers, splicing and pools stay as by default: those are tuned for this.
            server one 127.0.0.1:%d
        """
                .formatted(
                        spec.connections() + 512,
                        log,
                        logOption,
                        spec.listenPort(),
                        spec.backendPort());
    }
}
