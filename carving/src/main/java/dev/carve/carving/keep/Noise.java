package dev.carve.carving.keep;

import dev.carve.store.Row;
import dev.carve.store.Session;
import dev.carve.store.Store;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** What was learnt of noise, for each carve, saved now and then. Any thread but an event loop. */
public final class Noise {

    private static final int ALL_MAX = 100_000;

    private final Store store;
    private final int pathsMax;

    Noise(Store store, int pathsMax) {
        this.store = store;
        this.pathsMax = pathsMax;
    }

    /** What was saved last, by path. */
    public CompletableFuture<List<PathNoise>> of(CarveKey carve) {
        return store.submit(session ->
                session.query(
                        """
                        SELECT path, twins_compared, twins_differing, sides_compared,
                          sides_differing, accepted
                        FROM carving_noise WHERE route = ? AND fingerprint = ?
                        ORDER BY path
                        """,
                        Noise::path,
                        carve.route(),
                        carve.fingerprint()));
    }

    /** One path of one carve. */
    private record Kept(CarveKey carve, PathNoise path) {}

    /** What was saved last of every carve, by path. */
    public CompletableFuture<Map<CarveKey, List<PathNoise>>> all() {
        return store.submit(session ->
                session
                        .query(
                                """
                                SELECT route, fingerprint, path, twins_compared, twins_differing,
                                  sides_compared, sides_differing, accepted
                                FROM carving_noise ORDER BY route, fingerprint, path LIMIT ?
                                """,
                                row ->
                                        new Kept(
                                                new CarveKey(
                                                        row.text("route"), row.text("fingerprint")),
                                                path(row)),
                                ALL_MAX)
                        .stream()
                        .collect(
                                Collectors.groupingBy(
                                        Kept::carve,
                                        Collectors.mapping(Kept::path, Collectors.toList()))));
    }

    private static PathNoise path(Row row) {
        return new PathNoise(
                row.text("path"),
                row.number("twins_compared"),
                row.number("twins_differing"),
                row.number("sides_compared"),
                row.number("sides_differing"),
                row.number("accepted") != 0);
    }

    /**
     * Replaces what was saved.
     *
     * @param paths the most important first: what is beyond the bound is left out
     * @return how many were saved
     */
    public CompletableFuture<Integer> save(CarveKey carve, List<PathNoise> paths) {
        List<PathNoise> kept = paths.stream().limit(pathsMax).toList();
        return store.submit(session -> replace(session, carve, kept));
    }

    private static int replace(Session session, CarveKey carve, List<PathNoise> paths) {
        session.update(
                "DELETE FROM carving_noise WHERE route = ? AND fingerprint = ?",
                carve.route(),
                carve.fingerprint());
        int saved = 0;
        for (PathNoise each : paths) {
            saved +=
                    session.update(
                            """
                            INSERT INTO carving_noise
                              (route, fingerprint, path, twins_compared, twins_differing,
                               sides_compared, sides_differing, accepted)
                            VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                            """,
                            carve.route(),
                            carve.fingerprint(),
                            each.path(),
                            each.twinsCompared(),
                            each.twinsDiffering(),
                            each.sidesCompared(),
                            each.sidesDiffering(),
                            each.accepted());
        }
        return saved;
    }
}
