package dev.carve.config;

/** Which source set a value. Later ones win over earlier ones. */
public enum Origin {
    DEFAULT,
    FILE,
    ENVIRONMENT,
    FLAG
}
