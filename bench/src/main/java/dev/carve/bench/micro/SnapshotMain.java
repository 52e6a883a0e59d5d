package dev.carve.bench.micro;

import dev.carve.config.LoadResult;
import dev.carve.config.Loaded;
import dev.carve.config.Loader;
import dev.carve.config.Rejected;
import dev.carve.config.Schema;
import dev.carve.config.Source;
import dev.carve.gateway.Gateway;
import dev.carve.gateway.GatewaySettings;
import dev.carve.gateway.settings.GatewayBlocks;
import dev.carve.http.Loops;
import dev.carve.http.Transport;
import dev.carve.runtime.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Prints how many bytes of heap a snapshot of as many routes as told keeps alive: a gateway loads a
 * file of them as a reload does, the file's own records are dropped, and what stays beyond a file
 * of one route is counted. A program of its own, with Carve's flags, since object headers are part
 * of the answer.
 */
final class SnapshotMain {

    private SnapshotMain() {}

    /** The number of routes. */
    public static void main(String[] args) {
        int routes = Integer.parseInt(args[0]);
        try (Loops loops = Loops.start(Transport.NIO, 1, Clock.system())) {
            Gateway gateway = Gateway.create(loops);
            // Twice, so that what is loaded and cached once is there before the first reading.
            gateway.load(settings(routes));
            gateway.load(settings(1));
            long before = usedBytes();
            gateway.load(settings(routes));
            long after = usedBytes();
            System.out.println("snapshot bytes=" + (after - before));
        }
        System.exit(0);
    }

    private static GatewaySettings settings(int routes) {
        StringBuilder file =
                new StringBuilder("services: { backend: http://127.0.0.1:1 }\nroutes:\n");
        for (int i = 0; i < routes; i++) {
            file.append("  - match: ").append(SampleRoutes.match(i)).append("\n    to: backend\n");
        }
        LoadResult result =
                Loader.of(Schema.of(new ArrayList<>(GatewayBlocks.all())))
                        .load(Source.text("routes", file.toString()), Map.of(), List.of());
        return switch (result) {
            case Loaded loaded -> GatewaySettings.of(loaded);
            case Rejected rejected ->
                    throw new IllegalStateException(rejected.diagnostics().toString());
        };
    }

    private static long usedBytes() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
