package dev.carve.bench;

import java.util.List;
import java.util.Optional;

/** A figure that this harness does not measure, kept in the list so that it is not forgotten. */
record NotMeasured(String why) implements Scenario {

    @Override
    public String name() {
        return "elsewhere";
    }

    @Override
    public Optional<String> missing(Stand stand) {
        return Optional.of(why);
    }

    @Override
    public Trial open(Stand stand, List<Contender> contenders) {
        throw new IllegalStateException(why);
    }
}
