package dev.carve.carving.keep;

import static dev.carve.carving.keep.OpenKeep.ORDERS;
import static dev.carve.carving.keep.OpenKeep.USERS;
import static dev.carve.carving.keep.OpenKeep.body;
import static dev.carve.carving.keep.OpenKeep.difference;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carve.carving.keep.KeepBounds.DifferenceBounds;
import dev.carve.carving.keep.KeepBounds.LedgerBounds;
import dev.carve.runtime.Size;
import dev.carve.store.Health.State;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DifferencesTest {

    private static final DifferenceBounds USUAL = DifferenceBounds.DEFAULT;

    @TempDir private Path folder;

    private Path file() {
        return folder.resolve("carve.db");
    }

    private static KeepBounds bounds(int pathMax, int routeMax, int totalMax, long totalBytes) {
        return bounds(
                new DifferenceBounds(
                        pathMax,
                        routeMax,
                        totalMax,
                        new Size(totalBytes),
                        USUAL.bodyBytes(),
                        USUAL.pathsMax(),
                        USUAL.waitingBytes(),
                        USUAL.every()));
    }

    private static KeepBounds bounds(DifferenceBounds differences) {
        return new KeepBounds(LedgerBounds.DEFAULT, differences, 100);
    }

    /** The numbers of what is kept of a route, as in the targets, the newest first. */
    private static List<Integer> kept(OpenKeep open, String route) {
        return open.keep.differences().list(route, 10_000).join().stream()
                .map(each -> Integer.parseInt(each.target().substring("/users/".length())))
                .toList();
    }

    @Test
    void differenceComesBackWholeAfterARestart() {
        Difference whole =
                new Difference(
                        USERS,
                        OpenKeep.THEN,
                        List.of("/a/*/b", "status", "/odd\nname\\"),
                        new SavedRequest(
                                "POST",
                                "/users?x=1",
                                List.of(
                                        new Field("A", "1"),
                                        new Field("a", "2: \\ \n"),
                                        new Field("A", "")),
                                body("asked")),
                        new SavedAnswer(200, List.of(new Field("b", "c")), body("{\"a\":1}")),
                        new SavedAnswer(
                                404, List.of(), new SavedBody(new byte[] {0, -1, 13, 10}, 70_000)));
        try (OpenKeep open = new OpenKeep(file())) {
            open.keep.differences().add(whole, OpenKeep.REDACTOR);
        }
        try (OpenKeep open = new OpenKeep(file())) {
            KeptDifference listed = open.keep.differences().list("users", 10).join().getFirst();
            assertThat(listed)
                    .isEqualTo(
                            new KeptDifference(
                                    listed.id(),
                                    USERS,
                                    OpenKeep.THEN,
                                    whole.paths(),
                                    "POST",
                                    "/users?x=1",
                                    200,
                                    404));
            assertThat(open.keep.differences().get(listed.id()).join()).contains(whole);
            assertThat(open.keep.differences().get(listed.id() + 1).join()).isEmpty();
        }
    }

    @Test
    void ofEachPathTheLastAreKept() {
        try (OpenKeep open = new OpenKeep(file(), bounds(2, 100, 100, 1 << 20))) {
            Differences differences = open.keep.differences();
            differences.add(difference(USERS, 1, "/rare", "/often"), OpenKeep.REDACTOR);
            for (int i = 2; i <= 5; i++) {
                differences.add(difference(USERS, i, "/often"), OpenKeep.REDACTOR);
            }
            differences.add(difference(ORDERS, 6, "/often"), OpenKeep.REDACTOR);
            assertThat(kept(open, "users"))
                    .as("the first is still among the last of /rare")
                    .containsExactly(5, 4, 1);
            assertThat(kept(open, "orders")).containsExactly(6);
            assertThat(differences.list("users", 2).join()).hasSize(2);
            long first = differences.list("users", 10).join().getLast().id();
            assertThat(differences.get(first).join().orElseThrow().paths())
                    .containsExactly("/rare", "/often");
        }
    }

    @Test
    void oldestOfARouteGoFirstAndThenTheOldestOfAll() {
        try (OpenKeep open = new OpenKeep(file(), bounds(100, 3, 5, 1 << 20))) {
            for (int i = 1; i <= 4; i++) {
                open.keep.differences().add(difference(USERS, i, "/" + i), OpenKeep.REDACTOR);
            }
            assertThat(kept(open, "users")).containsExactly(4, 3, 2);
            for (int i = 5; i <= 8; i++) {
                open.keep.differences().add(difference(ORDERS, i, "/" + i), OpenKeep.REDACTOR);
            }
            assertThat(kept(open, "orders")).containsExactly(8, 7, 6);
            assertThat(kept(open, "users")).containsExactly(4, 3);
            assertThat(open.count("carving_difference_path")).isEqualTo(5);
        }
    }

    @Test
    void allTogetherStayWithinTheirBytes() {
        long each = difference(USERS, 1, "/1").weight();
        try (OpenKeep open = new OpenKeep(file(), bounds(100, 100, 100, 3 * each + 10))) {
            for (int i = 1; i <= 9; i++) {
                open.keep.differences().add(difference(USERS, i, "/" + i), OpenKeep.REDACTOR);
            }
            assertThat(kept(open, "users")).containsExactly(9, 8, 7);
        }
    }

    @Test
    void bodiesAreCutAndTellHowLongTheyWere() {
        DifferenceBounds small =
                new DifferenceBounds(
                        5,
                        10,
                        10,
                        USUAL.totalBytes(),
                        new Size(4),
                        2,
                        USUAL.waitingBytes(),
                        USUAL.every());
        try (OpenKeep open = new OpenKeep(file(), bounds(small))) {
            open.keep.differences().add(difference(USERS, 1, "/a", "/b", "/c"), OpenKeep.REDACTOR);
            KeptDifference listed = open.keep.differences().list("users", 10).join().getFirst();
            Difference kept = open.keep.differences().get(listed.id()).join().orElseThrow();
            assertThat(kept.paths()).containsExactly("/a", "/b");
            assertThat(kept.newAnswer().body())
                    .isEqualTo(new SavedBody(new byte[] {0, 'o', 'o', 'p'}, 7));
        }
    }

    @Test
    void whatDoesNotFitIntoMemoryWhileTheStoreIsBusyIsDroppedAndCounted() {
        long each = difference(USERS, 1, "/a").weight();
        DifferenceBounds narrow =
                new DifferenceBounds(
                        100,
                        100,
                        100,
                        USUAL.totalBytes(),
                        USUAL.bodyBytes(),
                        10,
                        new Size(2 * each + 10),
                        USUAL.every());
        try (OpenKeep open = new OpenKeep(file(), bounds(narrow))) {
            try (OpenKeep.Hold _ = open.hold()) {
                for (int i = 1; i <= 5; i++) {
                    open.keep.differences().add(difference(USERS, i, "/a"), OpenKeep.REDACTOR);
                }
                assertThat(open.metrics())
                        .containsEntry("carve_differences_dropped_totalbusy", 3.0);
            }
            open.settle();
            open.keep.differences().add(difference(USERS, 6, "/a"), OpenKeep.REDACTOR);
            assertThat(kept(open, "users")).containsExactly(6, 2, 1);
        }
    }

    @Test
    void whatAnUnreachableStoreDoesNotTakeIsCounted() {
        try (OpenKeep open = new OpenKeep(folder.resolve("missing").resolve("carve.db"))) {
            open.awaitState(State.DOWN);
            open.keep.differences().add(difference(USERS, 1, "/a"), OpenKeep.REDACTOR);
            assertThat(open.metrics()).containsEntry("carve_differences_dropped_totalstore", 1.0);
        }
    }

    @Test
    void pathThatDiffersAllTheTimeIsWantedNowAndThen() {
        KeepBounds bounds = bounds(2, 100, 100, 1 << 20);
        try (OpenKeep open = new OpenKeep(file(), bounds)) {
            Differences differences = open.keep.differences();
            assertThat(differences.wants(USERS, List.of("/a"))).isTrue();
            assertThat(differences.wants(USERS, List.of("/a"))).isTrue();
            assertThat(differences.wants(USERS, List.of("/a"))).isFalse();
            assertThat(differences.wants(USERS, List.of("/a", "/new"))).isTrue();
            assertThat(differences.wants(ORDERS, List.of("/a"))).isTrue();
            open.clock.advance(USUAL.every().minusNanos(1));
            assertThat(differences.wants(USERS, List.of("/a"))).isFalse();
            open.clock.advance(Duration.ofNanos(1));
            assertThat(differences.wants(USERS, List.of("/a"))).isTrue();
            assertThat(differences.wants(USERS, List.of("/a"))).isFalse();
            assertThat(open.metrics())
                    .containsEntry("carve_differences_dropped_totalfrequent", 3.0);
            differences.deleteAll("users").join();
            assertThat(differences.wants(USERS, List.of("/a"))).isTrue();
        }
    }

    @Test
    void deletedDifferencesAreGone() {
        try (OpenKeep open = new OpenKeep(file())) {
            Differences differences = open.keep.differences();
            for (int i = 1; i <= 3; i++) {
                differences.add(difference(USERS, i, "/a"), OpenKeep.REDACTOR);
            }
            differences.add(difference(ORDERS, 4, "/a"), OpenKeep.REDACTOR);
            long last = differences.list("users", 1).join().getFirst().id();
            assertThat(differences.delete(last).join()).isTrue();
            assertThat(differences.delete(last).join()).isFalse();
            assertThat(kept(open, "users")).containsExactly(2, 1);
            assertThat(differences.deleteAll("users").join()).isEqualTo(2);
            assertThat(kept(open, "users")).isEmpty();
            assertThat(kept(open, "orders")).containsExactly(4);
        }
    }

    @Test
    void secretsNeverReachTheFile() {
        Difference secret =
                new Difference(
                        USERS,
                        OpenKeep.THEN,
                        List.of("/a"),
                        new SavedRequest(
                                "GET",
                                "/users?token=s3cret",
                                List.of(new Field("Cookie", "id=s3cret")),
                                body("{\"password\":\"s3cret\"}")),
                        new SavedAnswer(
                                200,
                                List.of(new Field("SET-COOKIE", "id=s3cret")),
                                SavedBody.EMPTY),
                        new SavedAnswer(200, List.of(), SavedBody.EMPTY));
        try (OpenKeep open = new OpenKeep(file())) {
            open.keep.differences().add(secret, OpenKeep.REDACTOR);
            long id = open.keep.differences().list("users", 1).join().getFirst().id();
            Difference kept = open.keep.differences().get(id).join().orElseThrow();
            assertThat(kept.request().target()).isEqualTo("/users?token=***");
            assertThat(kept.request().body())
                    .isEqualTo(
                            new SavedBody(
                                    "{\"password\":\"***\"}"
                                            .getBytes(java.nio.charset.StandardCharsets.UTF_8),
                                    21));
            assertThat(kept.toString()).doesNotContain("s3cret");
        }
    }

    @Test
    void differenceWithoutAPathIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> difference(USERS, 1))
                .withMessageContaining("without a path");
    }

    /** Against a model that keeps everything in lists and applies the bounds literally. */
    @Test
    void boundsHoldForAnyOrderOfPathsAndRoutes() {
        for (int round = 0; round < 5; round++) {
            long seed = 9_000L + round;
            RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
            int pathMax = random.nextInt(1, 4);
            int routeMax = random.nextInt(2, 10);
            int totalMax = random.nextInt(5, 15);
            Model model = new Model(pathMax, routeMax, totalMax);
            KeepBounds bounds = bounds(pathMax, routeMax, totalMax, 1 << 20);
            Path file = folder.resolve("round" + round + ".db");
            try (OpenKeep open = new OpenKeep(file, bounds)) {
                for (int i = 1; i <= 120; i++) {
                    CarveKey carve = random.nextInt(3) == 0 ? ORDERS : USERS;
                    List<String> paths = new ArrayList<>();
                    for (int p = random.nextInt(1, 4); p > 0; p--) {
                        paths.add("/" + random.nextInt(6));
                    }
                    Difference added = difference(carve, i, paths.toArray(String[]::new));
                    open.keep.differences().add(added, OpenKeep.REDACTOR);
                    model.add(i, carve.route(), added.paths());
                }
                assertThat(kept(open, "users")).as("seed %d", seed).isEqualTo(model.of("users"));
                assertThat(kept(open, "orders")).as("seed %d", seed).isEqualTo(model.of("orders"));
            }
        }
    }

    /** What should be kept. */
    private static final class Model {
        private final int pathMax;
        private final int routeMax;
        private final int totalMax;
        private final List<Integer> kept = new ArrayList<>();
        private final Map<Integer, String> routes = new HashMap<>();
        private final Map<String, List<Integer>> byPath = new HashMap<>();

        Model(int pathMax, int routeMax, int totalMax) {
            this.pathMax = pathMax;
            this.routeMax = routeMax;
            this.totalMax = totalMax;
        }

        void add(int number, String route, List<String> paths) {
            kept.addFirst(number);
            routes.put(number, route);
            for (String path : paths) {
                List<Integer> of = byPath.computeIfAbsent(route + path, _ -> new ArrayList<>());
                of.addFirst(number);
                while (of.size() > pathMax) {
                    of.removeLast();
                }
            }
            kept.removeIf(each -> byPath.values().stream().noneMatch(of -> of.contains(each)));
            drop(of(route), routeMax);
            drop(kept, totalMax);
        }

        private void drop(List<Integer> from, int max) {
            List<Integer> surplus =
                    List.copyOf(from.subList(Math.min(max, from.size()), from.size()));
            kept.removeAll(surplus);
            byPath.values().forEach(of -> of.removeAll(surplus));
        }

        List<Integer> of(String route) {
            return kept.stream().filter(each -> route.equals(routes.get(each))).toList();
        }
    }

    @Test
    void bodyOfARequestThatLostASecretIsKnownToHaveLostIt() {
        SavedRequest asked =
                new SavedRequest(
                        "POST",
                        "/users",
                        List.of(new Field("Content-Type", "application/json")),
                        body("{\"password\":\"hunter2\"}"));
        SavedAnswer answer = new SavedAnswer(200, List.of(), SavedBody.EMPTY);
        Difference secret =
                new Difference(USERS, OpenKeep.THEN, List.of("/a"), asked, answer, answer);
        try (OpenKeep open = new OpenKeep(file())) {
            open.keep.differences().add(secret, OpenKeep.REDACTOR);
            long id = open.keep.differences().list("users", 1).join().getFirst().id();
            SavedRequest kept = open.keep.differences().get(id).join().orElseThrow().request();
            assertThat(kept.bodyRedacted()).isTrue();
            assertThat(kept.body()).isNotEqualTo(asked.body());
        }
    }
}
