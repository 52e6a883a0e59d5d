package dev.carve.bench;

import dev.carve.bench.peer.Peer;
import dev.carve.bench.peer.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The machine and the programs, so that a figure can be read later.
 *
 * @param facts in the order in which they are printed
 */
record Surroundings(Map<String, String> facts) {

    static Surroundings read(List<Peer> peers) throws IOException, InterruptedException {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
        facts.put("processor", processor(Files.readString(Path.of("/proc/cpuinfo"))));
        facts.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        facts.put("jdk", System.getProperty("java.vm.name") + " " + Runtime.version());
        for (Peer peer : peers) {
            facts.put(
                    peer.name(), peer.missing().isEmpty() ? peer.version() : peer.missing().get());
        }
        facts.put(
                "wrk",
                Tools.find("wrk").isPresent()
                        ? Tools.firstLine(List.of("wrk", "-v"))
                        : "not installed");
        return new Surroundings(facts);
    }

    static String processor(String cpuinfo) {
        return cpuinfo.lines()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }
}
