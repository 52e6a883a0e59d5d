package dev.carve.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command that reads a configuration. Filled by picocli. */
final class ConfigurationOptions {

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "the configuration (default: carve.yaml)")
    @Nullable String config;

    @Option(
            names = "--to",
            paramLabel = "URL",
            description = "forward everything there; needs no file")
    @Nullable String to;

    @Option(
            names = "--listen",
            paramLabel = "ADDR",
            description = "a port or an address such as 127.0.0.1:8080")
    @Nullable String listen;

    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description = "another value for one setting, such as shutdown.grace=5s; repeatable")
    List<String> set = new ArrayList<>();

    ConfigurationSource source() {
        return source(System.getenv());
    }

    ConfigurationSource source(Map<String, String> environment) {
        if (config != null && to != null) {
            throw new UsageException(
                    "--config and --to exclude each other (expected: one of them)");
        }
        List<String> flags = new ArrayList<>();
        if (listen != null) {
            flags.add(ConfigurationSource.listenFlag(listen));
        }
        flags.addAll(set);
        return new ConfigurationSource(config, to, flags, environment);
    }
}
