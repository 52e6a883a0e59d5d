package dev.carve.app;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code carve run} was asked for. Immutable.
 *
 * @param source where the configuration comes from
 * @param watch whether a change of the file is loaded by itself
 */
record RunOptions(ConfigurationSource source, boolean watch) {

    /**
     * Reads {@code run} with its options in their plain form; null for anything else, right or
     * wrong.
     */
    static @Nullable RunOptions readPlain(List<String> arguments) {
        if (arguments.isEmpty() || !arguments.getFirst().equals("run")) {
            return null;
        }
        String config = null;
        String to = null;
        boolean watch = false;
        List<String> flags = new ArrayList<>();
        Iterator<String> words = arguments.listIterator(1);
        while (words.hasNext()) {
            String option = words.next();
            if (option.equals("--watch")) {
                watch = true;
                continue;
            }
            if (!words.hasNext()) {
                return null;
            }
            String value = words.next();
            switch (option) {
                case "--config" -> config = value;
                case "--to" -> to = value;
                case "--listen" -> flags.add(ConfigurationSource.listenFlag(value));
                case "--set" -> flags.add(value);
                default -> {
                    return null;
                }
            }
        }
        if (config != null && to != null) {
            return null;
        }
        return new RunOptions(new ConfigurationSource(config, to, flags, System.getenv()), watch);
    }
}
