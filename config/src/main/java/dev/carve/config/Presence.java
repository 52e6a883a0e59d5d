package dev.carve.config;

/** What the absence of a setting means. */
enum Presence {
    REQUIRED,
    DEFAULT,
    NULLABLE,
    OPTIONAL
}
