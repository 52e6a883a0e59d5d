package dev.carve.carving;

import dev.carve.carving.guard.Ending;
import dev.carve.carving.guard.Side;

/**
 * What an observation is made for: live traffic that is mirrored, a check of the old side against
 * itself, or a kept request that is sent again. Decides what its copies count for, and what comes
 * of the answers.
 */
interface Purpose {

    /** A copy is about to be sent; its loop. */
    void sent(int loop);

    /**
     * A side's part in a copy ended; its loop.
     *
     * @param nanos from sending the request to the answer's head
     */
    void ended(int loop, Side side, Ending ending, long nanos);

    /** The answers will never be compared; its loop. */
    void gaveUp(Observation of, Skip why);

    /** All answers are there; a worker. */
    void compare(Comparing by, Observation of);
}
