package dev.carve.bench.peer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * nginx as a fast origin: fixed JSON answers from memory, files by sendfile. Its count comes from
 * stub_status, which counts its own requests too; those are taken off.
 */
public final class NginxBackend implements Backend {

    /** The answer to {@code /json}: 150 bytes. */
    public static final String JSON = json(150);

    // stub_status: three numbers under a heading; the third is the requests.
    private static final Pattern COUNTS = Pattern.compile("\\s(\\d+) (\\d+) (\\d+)\\s");

    private final Running running;
    private final int port;
    private long ownRequests;

    private NginxBackend(Running running, int port) {
        this.running = running;
        this.port = port;
    }

    public static NginxBackend start(Path folder, String cores)
            throws IOException, InterruptedException {
        Files.createDirectories(folder);
        file(folder, "10k", 10 * 1024);
        file(folder, "1m", 1024 * 1024);
        int port = Tools.freePort();
        Running running =
                NginxFiles.start("backend", port, cores, folder, configuration(folder, port));
        NginxBackend backend = new NginxBackend(running, port);
        try {
            // Each try is a request of ours, and so is the one that found it ready.
            backend.ownRequests = Probe.untilOk(running, "/status").requests();
        } catch (IOException | InterruptedException e) {
            running.close();
            throw e;
        }
        return backend;
    }

    static String configuration(Path folder, int port) {
        return NginxFiles.preamble(folder, 32_768)
                + """
                http {
                %s
                    access_log off;
                    sendfile on;
                    tcp_nopush on;
                    open_file_cache max=16;
                    keepalive_requests 1000000000;
                    keepalive_timeout 600s;
                    default_type application/octet-stream;
                    map $http_carve_mirror $shuffled {
                        default '%s';
                        '' '%s';
                    }
                    server {
                        listen 127.0.0.1:%d backlog=4096;
                        root %s;
                        location = /json {
                            default_type application/json;
                            return 200 '%s';
                        }
                        location = /same {
                            default_type application/json;
                            return 200 '%s';
                        }
                        location = /shuffled {
                            default_type application/json;
                            return 200 $shuffled;
                        }
                        location = /status { stub_status; }
                    }
                }
                """
                        .formatted(
                                NginxFiles.temporaryPaths(folder),
                                Documents.SHUFFLED,
                                Documents.DOCUMENT,
                                port,
                                folder,
                                JSON,
                                Documents.DOCUMENT);
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public long requests() throws IOException, InterruptedException {
        String page = Probe.get(port, "/status").body();
        ownRequests++;
        Matcher match = COUNTS.matcher(page);
        if (!match.find()) {
            throw new IOException("backend status: \"" + page + "\" (expected three counters)");
        }
        return Long.parseLong(match.group(3)) - ownRequests;
    }

    @Override
    public List<Long> family() {
        return running.family();
    }

    @Override
    public Running running() {
        return running;
    }

    @Override
    public void close() {
        running.close();
    }

    private static void file(Path folder, String name, int bytes) throws IOException {
        byte[] content = new byte[bytes];
        Arrays.fill(content, (byte) 'x');
        Files.write(folder.resolve(name), content);
    }

    private static String json(int bytes) {
        String start = "{\"id\":1042,\"name\":\"";
        String end = "\"}";
        int filler = bytes - start.length() - end.length();
        String json = start + "n".repeat(filler) + end;
        if (json.getBytes(StandardCharsets.US_ASCII).length != bytes) {
            throw new IllegalStateException("the answer is not " + bytes + " bytes long");
        }
        return json;
    }
}
