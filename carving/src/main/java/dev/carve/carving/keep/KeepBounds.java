package dev.carve.carving.keep;

import dev.carve.runtime.Size;
import java.time.Duration;

/**
 * How much is kept.
 *
 * @param ledger changes
 * @param differences differing exchanges
 * @param noisePathsMax paths of one carve of which noise is kept
 */
public record KeepBounds(LedgerBounds ledger, DifferenceBounds differences, int noisePathsMax) {

    /** What is kept where nothing else is said. */
    public static final KeepBounds DEFAULT =
            new KeepBounds(LedgerBounds.DEFAULT, DifferenceBounds.DEFAULT, 1_000);

    public KeepBounds {
        Ranges.check("noisePathsMax", noisePathsMax, 1, 100_000);
    }

    /**
     * Bounds of the ledger; what is oldest goes first.
     *
     * @param routeMax entries of one route
     * @param totalMax entries of all
     * @param age of the oldest
     * @param pendingMax entries that wait in memory while the store is unreachable
     */
    public record LedgerBounds(int routeMax, int totalMax, Duration age, int pendingMax) {

        /** 1,000 of a route, 20,000 of all, for a year; 1,000 in memory. */
        public static final LedgerBounds DEFAULT =
                new LedgerBounds(1_000, 20_000, Duration.ofDays(365), 1_000);

        public LedgerBounds {
            Ranges.check("ledger.routeMax", routeMax, 1, 1_000_000);
            Ranges.check("ledger.totalMax", totalMax, 1, 10_000_000);
            Ranges.check("ledger.age (seconds)", age.toSeconds(), 1, 3_153_600_000L);
            Ranges.check("ledger.pendingMax", pendingMax, 1, 100_000);
        }
    }

    /**
     * Bounds of the differing exchanges; what is oldest goes first.
     *
     * @param pathMax of one path of one route
     * @param routeMax of one route
     * @param totalMax of all
     * @param totalBytes of all
     * @param bodyBytes of each body, what is beyond is cut
     * @param pathsMax paths of one exchange, what is beyond is left out
     * @param waitingBytes that may wait for the store; what comes on top is dropped and counted
     * @param every how often one path is kept once it has been kept {@code pathMax} times
     */
    public record DifferenceBounds(
            int pathMax,
            int routeMax,
            int totalMax,
            Size totalBytes,
            Size bodyBytes,
            int pathsMax,
            Size waitingBytes,
            Duration every) {

        /** 5 of a path, 200 of a route, 5,000 or 64 MiB of all, bodies of 64 KiB, one a second. */
        public static final DifferenceBounds DEFAULT =
                new DifferenceBounds(
                        5,
                        200,
                        5_000,
                        Size.ofMiB(64),
                        Size.ofKiB(64),
                        50,
                        Size.ofMiB(8),
                        Duration.ofSeconds(1));

        public DifferenceBounds {
            Ranges.check("differences.pathMax", pathMax, 1, 10_000);
            Ranges.check("differences.routeMax", routeMax, 1, 100_000);
            Ranges.check("differences.totalMax", totalMax, 1, 100_000);
            Ranges.check("differences.totalBytes", totalBytes.bytes(), 1, 1L << 40);
            Ranges.check("differences.bodyBytes", bodyBytes.bytes(), 0, 16 << 20);
            Ranges.check("differences.pathsMax", pathsMax, 1, 10_000);
            Ranges.check("differences.waitingBytes", waitingBytes.bytes(), 1, 1L << 30);
            Ranges.check("differences.every (ms)", every.toMillis(), 0, 3_600_000);
        }
    }
}
