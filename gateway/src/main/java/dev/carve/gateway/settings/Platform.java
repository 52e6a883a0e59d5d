package dev.carve.gateway.settings;

import dev.carve.config.Doc;

/** Where the process runs, for the presets that this brings. */
public enum Platform {
    @Doc("No presets.")
    NONE,
    @Doc("PORT, and routes without a timeout of their own answer within 28 seconds.")
    HEROKU
}
