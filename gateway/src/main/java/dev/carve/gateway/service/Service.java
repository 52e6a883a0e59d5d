package dev.carve.gateway.service;

import dev.carve.gateway.balance.Picker;
import dev.carve.gateway.balance.SlowStart;
import dev.carve.gateway.balance.Turn;
import dev.carve.gateway.log.Escapes;
import dev.carve.gateway.metrics.TrafficMetrics;
import dev.carve.gateway.service.Standing.State;
import dev.carve.http.Head;
import dev.carve.http.Peer;
import dev.carve.runtime.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A named set of instances that answer the same requests. The object lives across reloads as long
 * as its name does. What loops need of it is one volatile {@link Choice}, which control makes anew
 * whenever the file, a verdict or an operator changes something.
 *
 * <p>Threads: control calls what changes it, any event loop picks.
 */
public final class Service {

    /** In so many steps a share grows to its full size, as far as the bounds allow. */
    private static final int REFRESHES = 50;

    private static final long REFRESH_NANOS_MIN = 100_000_000;
    private static final long REFRESH_NANOS_MAX = 1_000_000_000;

    private final String name;
    private final byte[] escapedName;
    private final TrafficMetrics metrics;
    private final Control control;
    private final Turn turn = new Turn();

    // Control only.
    private boolean refreshing;

    // Written by control, read by any.
    private volatile Choice choice;
    private volatile Protection protection;
    private volatile List<Instance> leaving = List.of();
    private volatile @Nullable NameWatch found;

    /**
     * What one loaded configuration says of a service.
     *
     * @param instances each with its weight and bound {@link Instance#define defined}; none where a
     *     name has not been found yet
     * @param attempts tries of one call in all, 1 for no retry
     * @param deadline whether {@code Carve-Timeout} is sent to it
     * @param slowStart how long the share of a new instance grows, zero for not at all
     * @param checks whether its instances are checked
     * @param required whether the process is ready only while an instance of it is eligible
     */
    public record Members(
            List<Instance> instances,
            Balance balance,
            int attempts,
            boolean deadline,
            Duration slowStart,
            boolean checks,
            boolean required) {

        public Members {
            instances = List.copyOf(instances);
        }

        /** Without slow start and checks, not asked for readiness. */
        public Members(List<Instance> instances, Balance balance, int attempts, boolean deadline) {
            this(instances, balance, attempts, deadline, Duration.ZERO, false, false);
        }
    }

    public Service(String name, TrafficMetrics metrics, Members members, Control control) {
        this.name = name;
        this.escapedName = Escapes.json(name);
        this.metrics = metrics;
        this.control = control;
        choice = judge(members);
        protection = new Protection(this, control, ProtectionRules.BARE, null);
    }

    public String name() {
        return name;
    }

    /** The name as it stands inside a JSON string. Never written to. */
    public byte[] escapedName() {
        return escapedName;
    }

    public TrafficMetrics metrics() {
        return metrics;
    }

    public Members members() {
        return choice.members();
    }

    /** What protects it and its clients. */
    public Protection protection() {
        return protection;
    }

    /** How that stands; any thread but an event loop. */
    public ProtectionView protectionView() {
        return protection.view();
    }

    /** Instances that were taken away and still have something open. */
    public List<Instance> leaving() {
        return leaving;
    }

    /** All that people should see: its instances, then those that are leaving. */
    public List<Instance> shown() {
        List<Instance> all = new ArrayList<>(members().instances());
        for (Instance each : leaving) {
            // One that comes back is in both for a moment.
            if (!all.contains(each)) {
                all.add(each);
            }
        }
        return all;
    }

    // Any event loop.

    /** What decides a request's instance; {@link Picker#NO_KEY} if nothing of it does. */
    public long key(Head head, @Nullable Peer peer) {
        RequestKey key = choice.key();
        return key == null ? Picker.NO_KEY : key.of(head, peer);
    }

    /**
     * The instance for the next attempt; null if none is eligible or all that are have as many
     * requests as they may.
     *
     * @param key see {@link #key}
     * @param random 64 random bits
     * @param except the one that just failed; chosen again only if there is no other
     */
    public @Nullable Instance pick(long key, long random, @Nullable Instance except) {
        return choice.pick(key, random, except);
    }

    /**
     * The first that has room and is wanted, asked of each once; only for calls that have failed
     * more than once or found an instance full.
     *
     * @param bits 64 mixed bits that say from which one on
     */
    public @Nullable Instance pickAny(long bits, Predicate<Instance> wanted) {
        return choice.pickAny(bits, wanted);
    }

    /** Whether any instance may be given one more call. */
    public boolean hasRoom() {
        return choice.pickAny(0, _ -> true) != null;
    }

    /** Whether any instance may be given calls at all. */
    public boolean isUsable() {
        return choice.isUsable();
    }

    /**
     * Why no instance took a call.
     *
     * @param full the first that was asked for room, null if none could be
     */
    public Failure refusal(@Nullable Instance full) {
        if (full != null) {
            return Failure.of(Failure.Kind.OVERLOADED, "requests or connections to " + full.name());
        }
        return isUsable()
                ? Failure.of(Failure.Kind.OVERLOADED, "requests to all instances")
                : Failure.of(Failure.Kind.NO_INSTANCE, "no instance of " + name + why());
    }

    /** Where there is none at all, what the look-ups of its name come to. */
    private String why() {
        NameWatch of = found;
        if (of == null || !members().instances().isEmpty()) {
            return "";
        }
        NameWatch.Outcome last = of.last();
        return ": " + of.name() + ": " + (last == null ? "not looked up yet" : last.code());
    }

    /** The line that tells the client to stay with this instance; null if it needs none. */
    public byte @Nullable [] stickyLine(long key, Instance instance) {
        return choice.stickyLine(key, instance);
    }

    // Control.

    /** Replaces what the file says of it. Instances that were not there before start slowly. */
    public void replace(Members members) {
        List<Instance> before = choice.members().instances();
        for (Instance each : members.instances()) {
            if (!before.contains(each)) {
                begin(each, members);
            }
        }
        choice = judge(members);
        protection.instances(members.instances());
        refreshLater();
    }

    /** What its instances are the addresses of; null where the file names them. */
    public void foundBy(@Nullable NameWatch watch) {
        found = watch;
    }

    /** Replaces what protects it, but for what stays the same. */
    public void protect(ProtectionRules rules) {
        Protection now = new Protection(this, control, rules, protection);
        now.instances(members().instances());
        protection = now;
    }

    /** Brings what protects it up to date. */
    void turn() {
        protection.turn(control.clock().nanos());
    }

    /** One of its checks ended. */
    void checked(boolean passed) {
        protection.checked(passed);
    }

    /**
     * These are no instances any more, but still have something open; those that were told before
     * have not.
     */
    public void leaving(List<Instance> instances, String reason) {
        List<Instance> before = leaving;
        for (Instance each : instances) {
            if (!before.contains(each)) {
                each.stand(State.DRAINING, reason, control.clock().now());
            }
        }
        leaving = List.copyOf(instances);
    }

    /** Its checks say that an instance works. */
    public void healthy(Instance instance) {
        Judgement of = instance.judgement();
        of.checked = true;
        if (of.unhealthy != null) {
            of.unhealthy = null;
            begin(instance, members());
        }
        publish();
    }

    /** Its checks say that an instance does not work. */
    public void unhealthy(Instance instance, String reason) {
        Judgement of = instance.judgement();
        of.checked = true;
        of.unhealthy = reason;
        publish();
    }

    /** There are no checks any more. */
    void unchecked(Instance instance) {
        instance.judgement().checked = false;
        instance.judgement().unhealthy = null;
        publish();
    }

    /**
     * Leaves an instance out since its calls failed; never the last one that is eligible.
     *
     * @return whether it is left out now
     */
    public boolean eject(Instance instance, String reason) {
        for (Instance each : members().instances()) {
            if (each != instance && each.standing().state().isEligible()) {
                instance.judgement().ejected = reason;
                publish();
                return true;
            }
        }
        return false;
    }

    /** The time of an ejected instance is over. */
    public void restore(Instance instance) {
        if (instance.judgement().ejected != null) {
            instance.judgement().ejected = null;
            begin(instance, members());
            publish();
        }
    }

    /** No more calls to an instance, by an operator; those under way are finished. */
    public void drain(Instance instance, String reason) {
        command(instance, State.DRAINING, reason);
    }

    /** Switches an instance off, by an operator; calls under way are finished. */
    public void disable(Instance instance, String reason) {
        command(instance, State.DISABLED, reason);
    }

    /** Takes back what an operator said before. */
    public void enable(Instance instance) {
        if (instance.judgement().command != State.UP) {
            begin(instance, members());
            command(instance, State.UP, "");
        }
    }

    private void command(Instance instance, State state, String reason) {
        instance.judgement().command = state;
        instance.judgement().commandReason = reason;
        publish();
    }

    /** Brings the shares of starting instances up to date. */
    void refresh() {
        refreshing = false;
        publish();
    }

    /** While shares grow they are brought up to date; else nothing runs. */
    private void refreshLater() {
        if (!refreshing && isStarting()) {
            refreshing = true;
            long step = members().slowStart().toNanos() / REFRESHES;
            control.executeLater(
                    this::refresh, Math.clamp(step, REFRESH_NANOS_MIN, REFRESH_NANOS_MAX));
        }
    }

    /** Whether the share of any instance is growing. */
    boolean isStarting() {
        return members().instances().stream().anyMatch(each -> each.judgement().starting);
    }

    /** Whether a call would find an instance that, where there are checks, has passed one. */
    public boolean isReady() {
        Choice now = choice;
        return now.isUsable() && (now.isChecked() || !now.members().checks());
    }

    private void begin(Instance instance, Members members) {
        Judgement of = instance.judgement();
        of.starting =
                members.slowStart().compareTo(Duration.ZERO) > 0
                        && !(members.balance() instanceof Balance.Hash);
        of.startedNanos = control.clock().nanos();
    }

    private void publish() {
        choice = judge(members());
        refreshLater();
    }

    private Choice judge(Members members) {
        Instant now = control.clock().now();
        List<Instance> eligible = new ArrayList<>();
        List<Instance> ejected = new ArrayList<>();
        for (Instance each : members.instances()) {
            switch (each.judgement().state()) {
                case UP, STARTING -> eligible.add(each);
                case EJECTED -> ejected.add(each);
                case UNHEALTHY, DRAINING, DISABLED -> {}
            }
        }
        if (eligible.isEmpty()) {
            // What was ejected while others were left is better than nothing now.
            eligible.addAll(ejected);
            ejected.forEach(each -> each.judgement().ejected = null);
        }
        int[] weights = weights(eligible, members.slowStart().toNanos());
        for (Instance each : members.instances()) {
            Judgement of = each.judgement();
            boolean starting = of.starting && of.state() == State.UP;
            each.stand(starting ? State.STARTING : of.state(), of.reason(), now);
        }
        return Choice.of(members, eligible, weights, turn);
    }

    private int[] weights(List<Instance> eligible, long windowNanos) {
        long now = control.clock().nanos();
        boolean starting = false;
        for (Instance each : eligible) {
            Judgement of = each.judgement();
            of.starting &= now - of.startedNanos < windowNanos;
            starting |= of.starting;
        }
        int[] weights = new int[eligible.size()];
        for (int i = 0; i < weights.length; i++) {
            Judgement of = eligible.get(i).judgement();
            long elapsed = of.starting ? now - of.startedNanos : windowNanos;
            weights[i] = starting ? SlowStart.weight(of.weight, elapsed, windowNanos) : of.weight;
        }
        return weights;
    }
}
