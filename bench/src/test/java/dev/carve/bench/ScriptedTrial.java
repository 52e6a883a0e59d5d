package dev.carve.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Hands out windows by a script and remembers who was asked. */
final class ScriptedTrial implements Scenario.Trial {

    final List<String> asked = new ArrayList<>();
    private final Function<Contender, Window> script;

    ScriptedTrial(Function<Contender, Window> script) {
        this.script = script;
    }

    static Window window(double cpu, double others, String... faults) {
        return new Window(Map.of(Metric.CPU_PER_REQUEST, cpu), others, List.of(faults));
    }

    @Override
    public Window measure(Contender contender) {
        asked.add(contender.label());
        return script.apply(contender);
    }

    @Override
    public void close() {}
}
