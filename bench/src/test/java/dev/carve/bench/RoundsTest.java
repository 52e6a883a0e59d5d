package dev.carve.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RoundsTest {

    private static final Contender A = new Contender(new NamedPeer("a"), 1);
    private static final Contender B = new Contender(new NamedPeer("b"), 1);
    private static final Contender C = new Contender(new NamedPeer("c"), 1);

    private final List<String> told = new ArrayList<>();

    @Test
    void everybodyComesFirstAndNobodyAlwaysFollowsTheSameOne() {
        Set<Contender> first = new HashSet<>();
        Set<String> followers = new HashSet<>();
        for (int round = 0; round < 6; round++) {
            List<Contender> order = Rounds.order(List.of(A, B, C), round);
            assertThat(order).containsExactlyInAnyOrder(A, B, C);
            first.add(order.getFirst());
            followers.add(order.get(0).label() + order.get(1).label());
            followers.add(order.get(1).label() + order.get(2).label());
        }
        assertThat(first).containsExactlyInAnyOrder(A, B, C);
        assertThat(followers).contains("ab", "ba", "bc", "cb");
    }

    @Test
    void aRoundInWhichOthersUsedTheMachineIsMeasuredAgain()
            throws IOException, InterruptedException {
        List<Double> others = new ArrayList<>(List.of(0.0, 0.03, 0.0, 0.0));
        ScriptedTrial trial =
                new ScriptedTrial(
                        _ -> ScriptedTrial.window(1, others.isEmpty() ? 0 : others.removeFirst()));

        Rounds rounds = Rounds.run(trial, List.of(A, B), pace(3, 5), told::add);

        assertThat(rounds.rounds()).hasSize(3);
        assertThat(rounds.repeated()).isEqualTo(1);
        assertThat(rounds.disturbed()).isZero();
        assertThat(rounds.othersShareMax()).isZero();
        assertThat(trial.asked).hasSize(8);
        assertThat(told).anyMatch(line -> line.contains("others used 3.0 %"));
    }

    @Test
    void repeatsAreBoundedAndWhatIsKeptAnywayIsCounted() throws IOException, InterruptedException {
        ScriptedTrial trial = new ScriptedTrial(_ -> ScriptedTrial.window(1, 0.5));

        Rounds rounds = Rounds.run(trial, List.of(A), pace(3, 2), told::add);

        assertThat(trial.asked).hasSize(5);
        assertThat(rounds.repeated()).isEqualTo(2);
        assertThat(rounds.disturbed()).isEqualTo(3);
    }

    static Pace pace(int rounds, int repeats) {
        Pace quick = Pace.QUICK;
        return new Pace(
                rounds,
                repeats,
                quick.window(),
                quick.warmUpJvm(),
                quick.warmUpNative(),
                quick.idleConnections());
    }
}
