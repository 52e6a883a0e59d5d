package dev.carve.gateway.service;

import dev.carve.gateway.balance.ConsistentHash;
import dev.carve.gateway.balance.LeastRequests;
import dev.carve.gateway.balance.Picker;
import dev.carve.gateway.balance.RoundRobin;
import dev.carve.gateway.balance.Sticky;
import dev.carve.gateway.balance.Turn;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What loops know of a service until control publishes the next: the instances that are eligible
 * and how one of them is picked. Immutable.
 */
final class Choice {

    private final Service.Members members;
    private final Instance[] eligible;
    private final @Nullable Instance only;
    private final @Nullable Picker picker;
    private final @Nullable RequestKey key;
    private final @Nullable StickyCookie cookie;
    private final boolean checked;

    private Choice(
            Service.Members members,
            Instance[] eligible,
            @Nullable Picker picker,
            boolean checked) {
        this.members = members;
        this.eligible = eligible;
        this.picker = picker;
        this.checked = checked;
        only = eligible.length == 1 ? eligible[0] : null;
        cookie = members.balance() instanceof Balance.Sticky(StickyCookie it) ? it : null;
        key = members.balance().key();
    }

    static Choice of(Service.Members members, List<Instance> eligible, int[] weights, Turn turn) {
        Instance[] all = eligible.toArray(new Instance[0]);
        Picker picker =
                switch (members.balance()) {
                    case Balance _ when all.length < 2 -> null;
                    case Balance.RoundRobin _ -> new RoundRobin(all, weights, turn);
                    case Balance.LeastRequests _ -> new LeastRequests(all, weights);
                    case Balance.Hash _ ->
                            new ConsistentHash(
                                    all,
                                    eligible.stream()
                                            .mapToInt(each -> each.judgement().weight)
                                            .toArray(),
                                    members.instances().size());
                    case Balance.Sticky _ -> new Sticky(all, new RoundRobin(all, weights, turn));
                };
        boolean checked = eligible.stream().anyMatch(each -> each.judgement().checked);
        return new Choice(members, all, picker, checked);
    }

    Service.Members members() {
        return members;
    }

    @Nullable RequestKey key() {
        return key;
    }

    boolean isUsable() {
        return eligible.length > 0;
    }

    /** Whether a check was through at one of them. */
    boolean isChecked() {
        return checked;
    }

    @Nullable Instance pick(long key, long random, @Nullable Instance except) {
        Instance single = only;
        if (single != null) {
            return single.allows() ? single : null;
        }
        Picker now = picker;
        if (now == null) {
            return null;
        }
        int place = now.pick(key, random, except == null ? Picker.NONE : placeOf(except));
        return place == Picker.NONE ? null : eligible[place];
    }

    /** Looks at each, which the few calls that fail more than once can afford. */
    @Nullable Instance pickAny(long bits, Predicate<Instance> wanted) {
        int count = eligible.length;
        int start = (int) Math.unsignedMultiplyHigh(bits, count);
        for (int i = 0; i < count; i++) {
            Instance each = eligible[(start + i) % count];
            if (each.allows() && wanted.test(each)) {
                return each;
            }
        }
        return null;
    }

    /** On retries only, so that looking at each is cheap enough. */
    private int placeOf(Instance instance) {
        for (int i = 0; i < eligible.length; i++) {
            if (eligible[i] == instance) {
                return i;
            }
        }
        return Picker.NONE;
    }

    byte @Nullable [] stickyLine(long key, Instance instance) {
        StickyCookie it = cookie;
        return it == null || key == Sticky.idOf(instance) ? null : it.line(instance);
    }
}
