package dev.carve.carving.keep;

import static dev.carve.carving.keep.OpenKeep.ORDERS;
import static dev.carve.carving.keep.OpenKeep.THEN;
import static dev.carve.carving.keep.OpenKeep.USERS;
import static dev.carve.carving.keep.OpenKeep.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carve.carving.keep.SaveOutcome.Conflict;
import dev.carve.carving.keep.SaveOutcome.Saved;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CarveStatesTest {

    @TempDir private Path folder;

    private Path file() {
        return folder.resolve("carve.db");
    }

    private static CarveState saved(SaveOutcome outcome) {
        assertThat(outcome).isInstanceOf(Saved.class);
        return ((Saved) outcome).state();
    }

    @Test
    void stateIsThereAfterARestart() {
        CarveState users;
        CarveState orders;
        try (OpenKeep open = new OpenKeep(file())) {
            CarveState first = saved(open.keep.states().save(state(USERS, 100, 0)).join());
            users = saved(open.keep.states().save(state(USERS, 500, first.version())).join());
            orders =
                    saved(
                            open.keep
                                    .states()
                                    .save(
                                            new CarveState(
                                                    ORDERS,
                                                    "rolled_back",
                                                    0,
                                                    0,
                                                    THEN,
                                                    "errors 12% above 3%",
                                                    THEN,
                                                    0))
                                    .join());
        }
        assertThat(users.version()).isEqualTo(2);
        try (OpenKeep open = new OpenKeep(file())) {
            assertThat(open.keep.states().all().join()).containsExactlyInAnyOrder(users, orders);
        }
    }

    @Test
    void changeThatBuildsOnAnOldVersionIsRefusedWithWhatIsKept() {
        try (OpenKeep open = new OpenKeep(file())) {
            CarveStates states = open.keep.states();
            CarveState first = saved(states.save(state(USERS, 100, 0)).join());
            CarveState second = saved(states.save(state(USERS, 500, first.version())).join());
            assertThat(states.save(state(USERS, 2500, first.version())).join())
                    .isEqualTo(new Conflict(second));
            assertThat(states.save(state(USERS, 2500, 0)).join()).isEqualTo(new Conflict(second));
            assertThat(states.save(state(ORDERS, 2500, 7)).join()).isEqualTo(new Conflict(null));
            assertThat(states.all().join()).containsExactly(second);
        }
    }

    @Test
    void repeatedChangeIsTakenOnce() {
        try (OpenKeep open = new OpenKeep(file())) {
            CarveStates states = open.keep.states();
            for (int i = 0; i < 3; i++) {
                assertThat(saved(states.save(state(USERS, 100, 0)).join()).version()).isEqualTo(1);
            }
            for (int i = 0; i < 3; i++) {
                assertThat(saved(states.save(state(USERS, 500, 1)).join()).version()).isEqualTo(2);
            }
        }
    }

    @Test
    void anotherMatchOrNewSideIsAnotherCarve() {
        assertThat(CarveKey.of("r", "/a", "b")).isEqualTo(CarveKey.of("r", "/a", "b"));
        assertThat(
                        List.of(
                                CarveKey.of("r", "/a", "c"),
                                CarveKey.of("r", "/ab", ""),
                                CarveKey.of("r", "", "/ab"),
                                CarveKey.of("s", "/a", "b")))
                .doesNotContain(CarveKey.of("r", "/a", "b"))
                .doesNotHaveDuplicates();
    }

    @Test
    void forgettingACarveLeavesItsLedger() {
        try (OpenKeep open = new OpenKeep(file())) {
            open.keep.states().save(state(USERS, 100, 0));
            open.keep.states().save(state(ORDERS, 100, 0));
            open.keep.ledger().append(OpenKeep.entry(USERS, 1));
            open.keep.differences().add(OpenKeep.difference(USERS, 1, "/a"), OpenKeep.REDACTOR);
            open.keep.noise().save(USERS, List.of(new PathNoise("/a", 9, 1, 9, 2, true)));
            assertThat(open.keep.forget(USERS).join()).isTrue();
            assertThat(open.keep.forget(USERS).join()).isFalse();
            assertThat(open.count("carving_state")).isEqualTo(1);
            assertThat(open.count("carving_difference")).isZero();
            assertThat(open.count("carving_difference_path")).isZero();
            assertThat(open.count("carving_noise")).isZero();
            assertThat(open.count("carving_ledger")).isEqualTo(1);
        }
    }

    @Test
    void ofThoseWhoChangeACarveAtOnceExactlyOneWinsEachVersion() throws Exception {
        long seed = 20_261_121;
        try (OpenKeep open = new OpenKeep(file());
                ExecutorService changers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> wins = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                RandomGenerator random =
                        RandomGeneratorFactory.of("L64X128MixRandom").create(seed + i);
                int own = i * 1_000;
                wins.add(changers.submit(() -> change(open.keep.states(), random, own)));
            }
            int won = 0;
            for (Future<Integer> each : wins) {
                won += each.get();
            }
            assertThat(open.keep.states().all().join())
                    .as("seed %d", seed)
                    .singleElement()
                    .extracting(CarveState::version)
                    .isEqualTo((long) won);
        }
    }

    /** How often it won; each change has a share of its own, so that none looks like another's. */
    private static int change(CarveStates states, RandomGenerator random, int own) {
        int won = 0;
        long version = 0;
        for (int i = 0; i < 100; i++) {
            switch (states.save(state(USERS, own + i, version)).join()) {
                case Saved(CarveState state) -> {
                    won++;
                    version = state.version();
                }
                case Conflict(CarveState kept) ->
                        version =
                                kept == null || random.nextInt(4) == 0
                                        ? random.nextInt(3)
                                        : kept.version();
            }
        }
        return won;
    }

    @Test
    void impossibleStatesAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> state(USERS, 10_001, 0))
                .withMessageContaining("share 10001")
                .withMessageContaining("users");
    }
}
