package dev.carve.carving.compare;

/**
 * How often one place differed in the last blocks of comparisons of one sort. Blocks are numbered
 * by whoever counts comparisons; a block that nothing was added to holds 0.
 *
 * <p>Threads: guarded by its owner.
 */
final class Tally {

    private final int[] blocks;
    private long newest;

    Tally(int blocks, long block) {
        this.blocks = new int[blocks];
        newest = block;
    }

    /** Counts one in a block and returns how many that block now has. */
    int add(long block) {
        turnTo(block);
        return ++blocks[slot(block)];
    }

    /**
     * Counts what is known of an earlier time only as a sum: as evenly as can be over the
     * comparisons of these numbers.
     *
     * @param from the first comparison, from 0
     * @param to behind the last one
     * @param blockSize comparisons in a block
     */
    void spread(long hits, long from, long to, int blockSize) {
        long counted = 0;
        for (long at = from; at < to; ) {
            long block = at / blockSize;
            long end = Math.min(to, (block + 1) * blockSize);
            long upToEnd = Math.round((double) hits * (end - from) / (to - from));
            turnTo(block);
            blocks[slot(block)] += (int) (upToEnd - counted);
            counted = upToEnd;
            at = end;
        }
    }

    /** The sum of as many blocks, the given newest one included. */
    int sum(long block, int count) {
        turnTo(block);
        int sum = 0;
        for (int i = 0; i < count; i++) {
            sum += blocks[slot(block - i)];
        }
        return sum;
    }

    private void turnTo(long block) {
        long from = Math.max(newest + 1, block - blocks.length + 1);
        for (long i = from; i <= block; i++) {
            blocks[slot(i)] = 0;
        }
        newest = Math.max(newest, block);
    }

    private int slot(long block) {
        return Math.floorMod(block, blocks.length);
    }
}
