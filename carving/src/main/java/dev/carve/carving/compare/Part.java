package dev.carve.carving.compare;

/** The part of an answer that a place lies in. */
public enum Part {
    STATUS,
    HEADER,
    BODY
}
