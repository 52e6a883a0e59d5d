package dev.carve.carving.settings;

import dev.carve.config.Block;
import dev.carve.config.Registration;
import dev.carve.gateway.settings.RouteSettings;
import java.util.List;

/** The blocks of the file that belong to carving. */
public final class CarveBlocks {

    public static final Block<MirrorSettings> MIRROR =
            Block.of("mirror", MirrorSettings.class)
                    .orElse("{}")
                    .doc("What all copies of requests together may take.");

    public static final Block<String> STORE =
            Block.of("store", String.class)
                    .orElse("carve.db")
                    .doc(
                            "Where the state of carves is kept: a file of SQLite. Opened only if a"
                                    + " route is carved.");

    /** Inside a route. */
    public static final Block<CarveSettings> CARVE =
            Block.of("carve", CarveSettings.class)
                    .optional()
                    .doc("Takes this route out of its old side.");

    private CarveBlocks() {}

    /** All of them. */
    public static List<Registration> all() {
        return List.of(STORE, MIRROR, CARVE.in(RouteSettings.class));
    }
}
