package dev.carve.gateway.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class StickyTest {

    private static Sticky sticky(Stand[] members) {
        return new Sticky(members, new RoundRobin(members, Stand.ones(members.length), new Turn()));
    }

    @Test
    void eachIdLeadsToItsMemberWhateverTheTurn() {
        for (int count : new int[] {1, 2, 3, 1000}) {
            Stand[] members = Stand.many(count);
            Sticky picker = sticky(members);
            for (int i = 0; i < count; i++) {
                assertThat(picker.pick(Sticky.idOf(members[i]), 0, Picker.NONE)).isEqualTo(i);
            }
        }
    }

    @Test
    void whoHasNoCookieOrAStrangeOneIsSpreadEvenly() {
        Stand[] members = Stand.many(4);
        Sticky picker = sticky(members);
        Random random = new Random(7);
        int[] counts = new int[4];
        for (int i = 0; i < 400; i++) {
            counts[picker.pick(i % 2 == 0 ? Picker.NO_KEY : random.nextLong(), 0, Picker.NONE)]++;
        }
        assertThat(counts).containsOnly(100);
    }

    @Test
    void whoseMemberIsFullFailedOrGoneGetsAnother() {
        Stand[] members = Stand.many(2);
        Sticky picker = sticky(members);
        long id = Sticky.idOf(members[0]);
        assertThat(picker.pick(id, 0, 0)).isEqualTo(1);
        members[0].max = 0;
        assertThat(picker.pick(id, 0, Picker.NONE)).isEqualTo(1);
        assertThat(sticky(new Stand[] {members[1]}).pick(id, 0, Picker.NONE)).isEqualTo(0);
    }

    @Test
    void theIdIsNotTheIdentityItself() {
        Stand member = new Stand("http://10.0.0.1:8000");
        assertThat(Sticky.idOf(member)).isNotEqualTo(member.identity());
    }
}
