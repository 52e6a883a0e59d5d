package dev.carve.it.wire;

import dev.carve.testkit.RecordedRequest;
import java.util.List;

/**
 * What was seen on both sides of a gateway after one case.
 *
 * @param answers the statuses the client got for the case, in order; 0 for an answer that is no
 *     HTTP/1 message
 * @param end how the client's connection stood afterwards
 * @param seen the whole requests at the upstream, without the driver's own
 * @param problems why bytes at the upstream were no strict request
 * @param leftover how many bytes of no whole request stayed on an upstream connection that was kept
 * @param followUpFine whether a good request by another client got its own answer afterwards
 */
record Observation(
        List<Integer> answers,
        End end,
        List<RecordedRequest> seen,
        List<String> problems,
        long leftover,
        boolean followUpFine) {

    /** How a client's connection stands after a case. */
    enum End {
        /** The gateway ended it. */
        ENDED,
        /** It is open, and a good request sent on it then was answered and seen as sent. */
        IN_STEP,
        /** It is open, and answers nothing. */
        SILENT,
        /** It is open, and what was sent on it then was not read as the request that it is. */
        OUT_OF_STEP
    }

    /** The statuses of answers that are not the upstream's own 200. */
    List<Integer> refusals() {
        return answers.stream().filter(s -> s != 200).toList();
    }
}
