package dev.carve.gateway;

import dev.carve.gateway.balance.KeyHash;
import dev.carve.gateway.balance.Picker;
import dev.carve.gateway.service.Instance;
import dev.carve.gateway.service.Service;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The instances at which a call has failed, so that its next try goes to another as long as there
 * is one. To avoid the last alone is not enough: where two of three are down and have the fewest
 * requests under way for it, a call would go to and fro between the two.
 *
 * <p>Thread: the loop of the call. Lives as long as its call object.
 */
final class Tried {

    /** As many as a call may have tries; beyond it the oldest are forgotten. */
    private static final int MAX = 10;

    private final @Nullable Instance[] failed = new @Nullable Instance[MAX];
    private int count;

    void add(Instance instance) {
        if (count == MAX) {
            System.arraycopy(failed, 1, failed, 0, MAX - 1);
            count--;
        }
        failed[count++] = instance;
    }

    /** For the next call; without any nothing is done. */
    void clear() {
        if (count > 0) {
            Arrays.fill(failed, 0, count, null);
            count = 0;
        }
    }

    boolean holds(Instance instance) {
        for (int i = 0; i < count; i++) {
            if (failed[i] == instance) {
                return true;
            }
        }
        return false;
    }

    /**
     * Where the call goes next: as the service's balance has it, if it has not failed there yet;
     * else to the first place where it has not, from a random one on or from one that its key
     * names. Where it failed everywhere, to any but the last.
     *
     * @param key see {@link Service#key}
     * @param random 64 random bits
     * @return null if no instance can take it
     */
    @Nullable Instance pickAnother(Service service, long key, long random) {
        Instance last = count == 0 ? null : failed[count - 1];
        Instance picked = service.pick(key, random, last);
        if (picked == null || count < 2 || !holds(picked)) {
            return picked;
        }
        Instance untried =
                service.pickAny(
                        KeyHash.mix(key == Picker.NO_KEY ? random : key), each -> !holds(each));
        return untried == null ? picked : untried;
    }
}
