package dev.carve.bench.peer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** nginx as a gateway. */
public final class NginxPeer implements Peer {

    @Override
    public String name() {
        return "nginx";
    }

    @Override
    public Optional<String> missing() {
        return Tools.missing("nginx");
    }

    @Override
    public String version() throws IOException, InterruptedException {
        return Tools.firstLine(List.of(Tools.require("nginx").toString(), "-v"));
    }

    @Override
    public boolean runsOnJvm() {
        return false;
    }

    @Override
    public Running start(GatewaySpec spec) throws IOException {
        return NginxFiles.start(
                spec.label(), spec.listenPort(), spec.cores(), spec.folder(), configuration(spec));
    }

    @Override
    public Optional<Path> accessLog(Profile profile, Running running) {
        return profile.othersLog()
                ? Optional.of(running.folder().resolve("access.log"))
                : Optional.empty();
    }

    static String configuration(GatewaySpec spec) {
        Path folder = spec.folder();
        // As by default: one write per line. A buffer would be cheaper and lose lines on a crash.
        String log =
                spec.profile().othersLog()
                        ? "access_log " + folder.resolve("access.log") + " combined;"
                        : "access_log off;";
        return NginxFiles.preamble(folder, spec.connections() * 2 + 512)
                + """
                http {
                %s
                    %s
                    # 1,000 by default, after which wrk would have to connect again.
                    keepalive_requests 1000000000;
                    keepalive_timeout 300s;
                    client_header_timeout 10s;
                    client_body_timeout 60s;
                    client_max_body_size 0;
                    # nginx turns off Nagle and checks nothing twice by default; sendfile is of no
                    # use to a proxy.

                    upstream services {
                        server 127.0.0.1:%d;
                        # As many idle connections as there are clients; without this each request
                        # connects anew.
                        keepalive %d;
                        keepalive_requests 1000000000;
                        keepalive_timeout 60s;
                    }

                    server {
                        listen 127.0.0.1:%d;
                        location / {
                            proxy_pass http://services;
                            proxy_http_version 1.1;
                            proxy_set_header Connection "";
                            proxy_set_header Host $http_host;
                            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                            proxy_set_header X-Forwarded-Proto $scheme;
                            proxy_set_header X-Forwarded-Host $http_host;
                            proxy_set_header X-Request-Id $request_id;
                            proxy_connect_timeout 5s;
                            proxy_read_timeout 60s;
                            proxy_send_timeout 60s;
                            # The others stream bodies; nginx by default stores uploads and long
                            # answers in files, which would be another product.
                            proxy_request_buffering off;
                            proxy_max_temp_file_size 0;
                        }
                    }
                }
                """
                        .formatted(
                                NginxFiles.temporaryPaths(folder),
                                log,
                                spec.backendPort(),
                                256,
                                spec.listenPort());
    }
}
