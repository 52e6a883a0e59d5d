package dev.carve.gateway.service;

/**
 * How much an instance takes beside the others, for people. Immutable; made on control.
 *
 * @param weight as the file says
 * @param grown how much of its share it has by now, 0 to 1; 1 unless it starts slowly
 */
public record InstanceWeight(int weight, double grown) {

    /**
     * As it is now. Control.
     *
     * @param nowNanos by control's clock
     */
    public static InstanceWeight of(Instance instance, Service.Members members, long nowNanos) {
        Judgement judgement = instance.judgement();
        long windowNanos = members.slowStart().toNanos();
        double grown =
                judgement.starting && windowNanos > 0
                        ? Math.clamp(
                                (double) (nowNanos - judgement.startedNanos) / windowNanos, 0, 1)
                        : 1;
        return new InstanceWeight(judgement.weight, grown);
    }
}
