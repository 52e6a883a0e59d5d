package dev.carve.app;

import dev.carve.admin.AdminBlocks;
import dev.carve.carving.settings.CarveBlocks;
import dev.carve.carving.settings.CarveChecks;
import dev.carve.config.Loader;
import dev.carve.config.Registration;
import dev.carve.config.Schema;
import dev.carve.gateway.settings.GatewayBlocks;
import dev.carve.gateway.settings.GatewayChecks;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The whole file: every module's blocks and checks, joined. Immutable. */
final class Configuration {

    /** The blocks of all modules. */
    static final Schema SCHEMA = Schema.of(blocks());

    /** Where platforms want to be listened at; counts only where nobody names an address. */
    static final String PORT = "PORT";

    /** Loads and checks a whole configuration. */
    static final Loader LOADER =
            Loader.of(SCHEMA)
                    .withChecks(
                            List.of(
                                    (loaded, diagnostics) ->
                                            GatewayChecks.check(
                                                    loaded,
                                                    diagnostics,
                                                    CarveChecks.services(loaded)),
                                    CarveChecks::check))
                    .withFallback(PORT, GatewayBlocks.LISTEN.key())
                    .withReservedVariables(
                            Set.of(
                                    "CARVE_JAVA_HOME",
                                    "CARVE_REQUIRE_ALL",
                                    "CARVE_HEAP",
                                    "CARVE_ROOT",
                                    "CARVE_DIST",
                                    "CARVE_LAUNCHER",
                                    "CARVE_CLASS_PATH",
                                    "CARVE_AOT_FLAG"));

    /**
     * Loads what has been checked where it runs: a check may look at files, and those are there.
     */
    static final Loader UNCHECKED = Loader.of(SCHEMA);

    private static List<Registration> blocks() {
        List<Registration> blocks = new ArrayList<>(GatewayBlocks.all());
        blocks.addAll(CarveBlocks.all());
        blocks.addAll(AdminBlocks.all());
        return blocks;
    }

    private Configuration() {}
}
