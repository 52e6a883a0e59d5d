package dev.carve.it.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.it.gateway.GatewayProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code carve load --json} printed. Immutable.
 *
 * @param json one object on one line
 */
record LoadOutput(String json) {

    /** Runs it as a process of its own to its end, which must be a good one. */
    static LoadOutput of(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(GatewayProcess.command());
        command.add("load");
        command.addAll(List.of(arguments));
        command.add("--json");
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        process.getOutputStream().close();
        String out =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor()).as(out).isZero();
        assertThat(out.lines()).hasSize(1);
        return new LoadOutput(out);
    }

    /** A number at the top. */
    double number(String name) {
        return number(json, name);
    }

    long count(String name) {
        return Math.round(number(name));
    }

    /** A figure of the latencies, in milliseconds. */
    double latency(String name) {
        int from = json.indexOf("\"latencyMillis\":{");
        assertThat(from).as(json).isNotNegative();
        return number(json.substring(from, json.indexOf('}', from) + 1), name);
    }

    private static double number(String text, String name) {
        Matcher found = Pattern.compile("\"" + name + "\":(-?[0-9.E-]+)").matcher(text);
        assertThat(found.find()).as(name + " in " + text).isTrue();
        return Double.parseDouble(found.group(1));
    }
}
