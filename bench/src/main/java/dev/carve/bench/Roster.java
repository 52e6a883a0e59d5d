package dev.carve.bench;

import dev.carve.bench.peer.CarvePeer;

/** Who takes part in a scenario. What is not needed for its figures costs minutes of every run. */
enum Roster {
    /** All peers, subject and reference with their twins. */
    EVERYBODY,
    /** Subject and reference with their twins: what a ratio and its spread need. */
    PAIRS,
    /** One of each peer: what a fixed bar needs. */
    ONE_EACH,
    /** Carve alone. */
    JVM,
    /** Carve with a feature and Carve without it, each with its twin. */
    BARE;

    boolean admits(Contender contender, String subject, String reference) {
        String name = contender.peer().name();
        boolean bare = name.equals(CarvePeer.BARE);
        return switch (this) {
            case EVERYBODY -> !bare;
            case PAIRS -> name.equals(subject) || name.equals(reference);
            case ONE_EACH -> contender.instance() == 1 && !bare;
            case JVM -> contender.instance() == 1 && contender.peer().runsOnJvm() && !bare;
            case BARE -> contender.peer().runsOnJvm();
        };
    }
}
