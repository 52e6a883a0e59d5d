package dev.carve.config;

/** What a module adds to the schema: a block, an extension of a record, or an alternative. */
public sealed interface Registration permits Block, Block.Extension, Alternative {}
