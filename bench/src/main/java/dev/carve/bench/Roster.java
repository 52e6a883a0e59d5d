package dev.carve.bench;

/** Who takes part in a scenario. What is not needed for its figures costs minutes of every run. */
enum Roster {
    /** All peers, subject and reference with their twins. */
    EVERYBODY,
    /** Subject and reference with their twins: what a ratio and its spread need. */
    PAIRS,
    /** One of each peer: what a fixed bar needs. */
    ONE_EACH,
    /** The one peer that runs on a JVM. */
    JVM;

    boolean admits(Contender contender, String subject, String reference) {
        String name = contender.peer().name();
        return switch (this) {
            case EVERYBODY -> true;
            case PAIRS -> name.equals(subject) || name.equals(reference);
            case ONE_EACH -> contender.instance() == 1;
            case JVM -> contender.instance() == 1 && contender.peer().runsOnJvm();
        };
    }
}
