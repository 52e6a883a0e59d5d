package dev.carve.carving.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tells for each place where answers of one route differ whether the new side is to blame. Some
 * requests go twice to the old side; what differs between such twins is noise. A place is a
 * mismatch only if it differs clearly more often between old and new (a copy) than between old and
 * old (a twin).
 *
 * <p>How that is judged, with the numbers of {@link NoiseRule}:
 *
 * <ul>
 *   <li>noise at once, where nearly all twins differ: such a place can say nothing;
 *   <li>a mismatch, if {@link Fisher}'s test says that equal shares would hardly ever look so, and
 *       the odds are at least twice as high: over the last two blocks, twice as many, and so on;
 *   <li>noise, if twins differed at least three times and the same test rules out that the new side
 *       differs with four times the odds;
 *   <li>unclear else. A place that no twin was seen to differ at stays unclear until there are
 *       enough twins to tell: more of them make it clear sooner than more copies do.
 * </ul>
 *
 * <p>Looking again and again finds a difference by chance one day. So there are looks only when a
 * block of copies or of twins is full, and while it fills when its differing ones are 4, 8, 16 and
 * so on; the chance of one look is that small because there are many. A verdict stays until the
 * next look, however often it is asked for.
 *
 * <p>Threads: any worker; a short lock, no I/O under it.
 */
public final class Noise {

    /** What a place is. */
    public enum Verdict {
        /** The old side differs from itself there as well. */
        NOISE,
        /** Too little is known. */
        UNCLEAR,
        /** The new side differs there clearly more often. */
        MISMATCH
    }

    /**
     * What is known of a place, over the blocks that are remembered.
     *
     * @param copies comparisons of old and new
     * @param copiesDiffering those that differed there
     * @param twins comparisons of old and old
     * @param twinsDiffering those that differed there
     */
    public record Figures(
            Place place,
            Verdict verdict,
            long copies,
            long copiesDiffering,
            long twins,
            long twinsDiffering) {}

    private static final int TWINS_DIFFERING_LEAST = 3;
    private static final int EVENTS_FIRST_LOOK = 4;
    private static final int DROP_CHOICES = 8;

    /** About 1.96 squared: Wilson's interval at 95 %. */
    private static final double WILSON = 3.84;

    /** One place; where the comparisons counted at its start tell what it can not have seen. */
    private static final class Seen {
        final Place place;
        final Tally copies;
        final Tally twins;
        final long copiesBefore;
        final long twinsBefore;
        long differences;
        Verdict verdict = Verdict.UNCLEAR;

        Seen(Place place, Tally copies, Tally twins, long copiesBefore, long twinsBefore) {
            this.place = place;
            this.copies = copies;
            this.twins = twins;
            this.copiesBefore = copiesBefore;
            this.twinsBefore = twinsBefore;
        }
    }

    private final NoiseRule rule;
    private final Object lock = new Object();

    // Guarded by lock.
    private final Map<Place, Seen> places = new LinkedHashMap<>(16, 0.75f, true);
    private long copies;
    private long twins;
    private long dropped;

    public Noise(NoiseRule rule) {
        this.rule = rule;
    }

    /**
     * Counts a comparison; a skipped one counts for nothing.
     *
     * @param twin whether both answers are of the old side
     */
    public void record(Comparison comparison, boolean twin) {
        switch (comparison) {
            case Comparison.Skipped _ -> {}
            case Comparison.Same _ -> {
                synchronized (lock) {
                    count(twin);
                    lookIfFull(twin);
                }
            }
            case Comparison.Different different -> {
                synchronized (lock) {
                    count(twin);
                    differing(different, twin);
                    lookIfFull(twin);
                }
            }
        }
    }

    /** What a place is; unclear if it was never seen. */
    public Verdict verdict(Place place) {
        synchronized (lock) {
            Seen seen = places.get(place);
            return seen == null ? Verdict.UNCLEAR : seen.verdict;
        }
    }

    /** The worst that any difference of a comparison is: a mismatch, else unclear, else noise. */
    public Verdict worst(Comparison.Different different) {
        Verdict worst = different.more() > 0 ? Verdict.UNCLEAR : Verdict.NOISE;
        synchronized (lock) {
            for (Difference difference : different.differences()) {
                Seen seen = places.get(difference.place());
                Verdict verdict = seen == null ? Verdict.UNCLEAR : seen.verdict;
                worst = verdict.compareTo(worst) > 0 ? verdict : worst;
            }
        }
        return worst;
    }

    /**
     * Whether a comparison speaks against the new side: some difference is a mismatch, or is still
     * unclear at a place where no twin was ever seen to differ.
     */
    public boolean isSuspect(Comparison.Different different) {
        synchronized (lock) {
            for (Difference difference : different.differences()) {
                if (isSuspectAt(difference.place())) {
                    return true;
                }
            }
        }
        return different.more() > 0;
    }

    /** Whether a difference there speaks against the new side. */
    public boolean isSuspect(Place place) {
        synchronized (lock) {
            return isSuspectAt(place);
        }
    }

    private boolean isSuspectAt(Place place) {
        Seen seen = places.get(place);
        if (seen == null || seen.verdict == Verdict.MISMATCH) {
            return true;
        }
        return seen.verdict == Verdict.UNCLEAR && counts(seen, rule.blocks()).otherHits() == 0;
    }

    /**
     * Takes over what was known before the process was started anew, as figures of the past without
     * an order. Only before anything is counted.
     *
     * @param before the most important first; what there is no room for is left out
     * @return whether it was taken over
     */
    public boolean restore(List<Figures> before) {
        synchronized (lock) {
            if (copies > 0 || twins > 0) {
                return false;
            }
            List<Figures> known = before.subList(0, Math.min(before.size(), rule.places()));
            long copiesMost = (long) rule.blocks() * rule.copyBlock();
            long twinsMost = (long) rule.blocks() * rule.twinBlock();
            for (Figures each : known) {
                copies = Math.max(copies, Math.min(each.copies(), copiesMost));
                twins = Math.max(twins, Math.min(each.twins(), twinsMost));
            }
            known.forEach(this::restore);
            places.values().forEach(this::look);
            return true;
        }
    }

    private void restore(Figures before) {
        long copiesBefore = copies - Math.min(before.copies(), copies);
        long twinsBefore = twins - Math.min(before.twins(), twins);
        Tally ofCopies = new Tally(rule.blocks(), copiesBefore / rule.copyBlock());
        Tally ofTwins = new Tally(rule.blocks(), twinsBefore / rule.twinBlock());
        ofCopies.spread(
                Math.min(before.copiesDiffering(), copies - copiesBefore),
                copiesBefore,
                copies,
                rule.copyBlock());
        ofTwins.spread(
                Math.min(before.twinsDiffering(), twins - twinsBefore),
                twinsBefore,
                twins,
                rule.twinBlock());
        Seen seen = new Seen(before.place(), ofCopies, ofTwins, copiesBefore, twinsBefore);
        seen.differences = before.copiesDiffering() + before.twinsDiffering();
        places.put(before.place(), seen);
    }

    /** Comparisons of either kind so far. */
    public long counted() {
        synchronized (lock) {
            return copies + twins;
        }
    }

    /** All places that are remembered, mismatches first, then by how often they differed. */
    public List<Figures> figures() {
        List<Figures> figures = new ArrayList<>();
        synchronized (lock) {
            for (Seen seen : places.values()) {
                figures.add(figures(seen));
            }
        }
        figures.sort(
                Comparator.comparing(Figures::verdict)
                        .thenComparingLong(Figures::copiesDiffering)
                        .reversed()
                        .thenComparing(f -> f.place().toString()));
        return figures;
    }

    /** How many places were dropped because there were too many. */
    public long dropped() {
        synchronized (lock) {
            return dropped;
        }
    }

    /** What was found to be noise, as rules to accept; see {@link Learnt#lines}. */
    public List<Learnt> learnt() {
        return Learnt.of(figures());
    }

    private void count(boolean twin) {
        if (twin) {
            twins++;
        } else {
            copies++;
        }
    }

    private void lookIfFull(boolean twin) {
        if (twin ? twins % rule.twinBlock() == 0 : copies % rule.copyBlock() == 0) {
            places.values().forEach(this::look);
        }
    }

    private void differing(Comparison.Different different, boolean twin) {
        Set<Place> once = HashSet.newHashSet(different.differences().size());
        for (Difference difference : different.differences()) {
            // A place may be missing here and changed there: still one comparison.
            if (once.add(difference.place())) {
                differing(seen(difference.place(), twin), twin);
            }
        }
    }

    private void differing(Seen seen, boolean twin) {
        seen.differences++;
        int inBlock = twin ? seen.twins.add(twinBlock()) : seen.copies.add(copyBlock());
        if (inBlock >= EVENTS_FIRST_LOOK && Integer.bitCount(inBlock) == 1) {
            look(seen);
        }
    }

    // The blocks that the comparisons counted last lie in.

    private long copyBlock() {
        return Math.max(0, copies - 1) / rule.copyBlock();
    }

    private long twinBlock() {
        return Math.max(0, twins - 1) / rule.twinBlock();
    }

    private Seen seen(Place place, boolean twin) {
        Seen known = places.get(place);
        if (known != null) {
            return known;
        }
        if (places.size() >= rule.places()) {
            dropOne();
        }
        // If none was ever dropped, this one was watched from the start and did not differ so far.
        Seen seen =
                new Seen(
                        place,
                        new Tally(rule.blocks(), copyBlock()),
                        new Tally(rule.blocks(), twinBlock()),
                        dropped == 0 ? 0 : copies - (twin ? 0 : 1),
                        dropped == 0 ? 0 : twins - (twin ? 1 : 0));
        places.put(place, seen);
        return seen;
    }

    /** Drops the place that differed least among those not seen for the longest time. */
    private void dropOne() {
        Seen least = null;
        Iterator<Seen> eldest = places.values().iterator();
        for (int i = 0; i < DROP_CHOICES && eldest.hasNext(); i++) {
            Seen seen = eldest.next();
            if (least == null || seen.differences < least.differences) {
                least = seen;
            }
        }
        if (least != null) {
            places.remove(least.place);
            dropped++;
        }
    }

    /** Judges a place by what is known now. */
    private void look(Seen seen) {
        Fisher.Counts all = counts(seen, rule.blocks());
        if (alwaysDiffers(all)) {
            seen.verdict = Verdict.NOISE;
        } else if (isMismatch(seen)) {
            seen.verdict = Verdict.MISMATCH;
        } else {
            seen.verdict = isNoise(all) ? Verdict.NOISE : Verdict.UNCLEAR;
        }
    }

    /** Over the last two blocks of copies, twice as many, and so on to all. */
    private boolean isMismatch(Seen seen) {
        int blocks = 1;
        while (blocks < rule.blocks()) {
            blocks = Math.min(2 * blocks, rule.blocks());
            Fisher.Counts counts = counts(seen, blocks);
            if (counts.oddsRatio() >= rule.mismatchOdds()
                    && Fisher.atLeast(counts, 1) <= rule.mismatchChance()) {
                return true;
            }
        }
        return false;
    }

    private boolean isNoise(Fisher.Counts all) {
        return all.otherHits() >= TWINS_DIFFERING_LEAST
                && all.size() > 0
                && Fisher.atMost(all, rule.noiseOdds()) <= rule.noiseChance();
    }

    /** Whether twins differ at least in so many cases, by the lower end of Wilson's interval. */
    private boolean alwaysDiffers(Fisher.Counts all) {
        double n = all.otherSize();
        if (n == 0) {
            return false;
        }
        double share = all.otherHits() / n;
        double middle = share + WILSON / (2 * n);
        double spread = Math.sqrt(WILSON * (share * (1 - share) + WILSON / (4 * n)) / n);
        return (middle - spread) / (1 + WILSON / n) >= rule.always().fraction();
    }

    /** Copies of the last blocks beside all twins that are remembered. */
    private Fisher.Counts counts(Seen seen, int blocks) {
        long copiesFrom = (copyBlock() - blocks + 1) * rule.copyBlock();
        long twinsFrom = (twinBlock() - rule.blocks() + 1) * rule.twinBlock();
        return new Fisher.Counts(
                seen.copies.sum(copyBlock(), blocks),
                copies - Math.max(seen.copiesBefore, copiesFrom),
                seen.twins.sum(twinBlock(), rule.blocks()),
                twins - Math.max(seen.twinsBefore, twinsFrom));
    }

    private Figures figures(Seen seen) {
        Fisher.Counts all = counts(seen, rule.blocks());
        return new Figures(
                seen.place, seen.verdict, all.size(), all.hits(), all.otherSize(), all.otherHits());
    }
}
