package dev.carve.gateway;

import dev.carve.config.Loaded;
import dev.carve.gateway.settings.DrainSettings;
import dev.carve.gateway.settings.ErrorPageSettings;
import dev.carve.gateway.settings.ForwardedSettings;
import dev.carve.gateway.settings.GatewayBlocks;
import dev.carve.gateway.settings.LimitSettings;
import dev.carve.gateway.settings.Platform;
import dev.carve.gateway.settings.RouteSettings;
import dev.carve.gateway.settings.ServiceSettings;
import java.util.List;
import java.util.Map;

/** The part of a loaded configuration that snapshot and registry are built from. Immutable. */
public record GatewaySettings(
        LimitSettings limits,
        ForwardedSettings forwarded,
        Map<String, ServiceSettings> services,
        List<RouteSettings> routes,
        Map<String, ErrorPageSettings> errors,
        Platform platform,
        DrainSettings drain) {

    public static GatewaySettings of(Loaded loaded) {
        return new GatewaySettings(
                loaded.value(GatewayBlocks.LIMITS),
                loaded.value(GatewayBlocks.FORWARDED),
                loaded.value(GatewayBlocks.SERVICES),
                loaded.value(GatewayBlocks.ROUTES),
                loaded.value(GatewayBlocks.ERRORS),
                loaded.value(GatewayBlocks.PLATFORM),
                loaded.value(GatewayBlocks.DRAIN));
    }
}
