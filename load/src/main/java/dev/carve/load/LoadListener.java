package dev.carve.load;

/** Told how a run goes, once a second, on the run's control thread. */
public interface LoadListener {

    void progressed(LoadProgress progress);

    /** Tells nobody. */
    static LoadListener silent() {
        return progress -> {};
    }
}
