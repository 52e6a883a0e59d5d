package dev.carve.gateway.settings;

/** Whether something is on: the short form of a block whose presence turns it on. */
public enum Switch {
    ON,
    OFF
}
