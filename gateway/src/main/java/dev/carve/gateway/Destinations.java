package dev.carve.gateway;

import dev.carve.gateway.balance.KeyHash;
import dev.carve.gateway.balance.Picker;
import dev.carve.gateway.service.Instance;
import dev.carve.gateway.service.Service;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which instance takes each try of one call: as the service's balance has it, away from those where
 * the call has failed, and on to the next where one turns out to be full.
 *
 * <p>Thread: the loop of the call. Lives as long as its call object.
 */
final class Destinations {

    private final Tried tried = new Tried();
    private @Nullable Service service;
    private long key;
    private long random;

    /** {@code seed} tells the random choices of one call object from those of others. */
    Destinations(long seed) {
        random = KeyHash.mix(seed);
    }

    void begin(Call call, Service service) {
        this.service = service;
        key = service.key(call.head(), call.peer());
    }

    /** The call is over. */
    void clear() {
        service = null;
        tried.clear();
    }

    /** See {@link Service#key}. */
    long key() {
        return key;
    }

    /** For the first try; null if no instance can take it. */
    @Nullable Instance first() {
        return current().pick(key, nextRandom(), null);
    }

    /** For the try after a failed one; null if no instance can take it. */
    @Nullable Instance next() {
        return tried.pickAnother(current(), key, nextRandom());
    }

    /** One where the call has not failed yet; null if none can take it. */
    @Nullable Instance untried() {
        Instance next = next();
        return next == null || tried.holds(next) ? null : next;
    }

    /** One that is not this; null if none can take the call. */
    @Nullable Instance beside(Instance slow) {
        Instance picked = current().pick(key, nextRandom(), slow);
        return picked == slow ? null : picked;
    }

    /**
     * Finds room for a try that the picked instance has none for: full since it was picked, or out
     * of connections, which no balance knows of. The next as the balance has it may have room, or
     * else any other, those where the call has failed last.
     *
     * @param takes asked of each other instance once, until it says yes
     * @return whether it did
     */
    boolean elsewhere(Instance full, Predicate<Instance> takes) {
        Service of = current();
        Instance next = of.pick(key, nextRandom(), full);
        if (next == null || next == full) {
            return false;
        }
        if (!tried.holds(next) && takes.test(next)) {
            return true;
        }
        long from = KeyHash.mix(key == Picker.NO_KEY ? nextRandom() : key);
        Instance untried =
                of.pickAny(
                        from,
                        each ->
                                each != full
                                        && each != next
                                        && !tried.holds(each)
                                        && takes.test(each));
        return untried != null
                || of.pickAny(from, each -> each != full && tried.holds(each) && takes.test(each))
                        != null;
    }

    /** The call failed there, or got an answer that it does not want. */
    void failed(Instance at) {
        tried.add(at);
    }

    /** 31 random bits. */
    int randomBits() {
        return (int) (nextRandom() >>> 33);
    }

    private long nextRandom() {
        random++;
        return KeyHash.mix(random);
    }

    private Service current() {
        Service now = service;
        if (now == null) {
            throw new IllegalStateException("no call under way");
        }
        return now;
    }
}
