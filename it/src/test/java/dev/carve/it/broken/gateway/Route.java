package dev.carve.it.broken.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;

/** May hold the buffer, not the channel. */
public record Route(ByteBuf allowed, Channel forbidden) {}
