package dev.carve.admin;

import dev.carve.config.Block;
import dev.carve.config.Registration;
import java.util.List;

/** The blocks of the file that belong to the admin listener. */
public final class AdminBlocks {

    public static final Block<AdminSettings> ADMIN =
            Block.of("admin", AdminSettings.class)
                    .orElse("{}")
                    .doc("Health, metrics and the admin API; read at start only.");

    private AdminBlocks() {}

    /** All of them. */
    public static List<Registration> all() {
        return List.of(ADMIN);
    }
}
