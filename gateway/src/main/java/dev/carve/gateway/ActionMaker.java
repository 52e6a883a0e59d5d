package dev.carve.gateway;

import dev.carve.gateway.settings.ActionSettings;
import org.jspecify.annotations.Nullable;

/**
 * How another module brings its own action: it registers an alternative of {@link ActionSettings}
 * with the schema, and makes the action of it here. Control only.
 */
@FunctionalInterface
public interface ActionMaker {

    /** The gateway's own actions and no others. */
    ActionMaker NONE = _ -> null;

    /** The action for settings of this module's own type, null for those of another. */
    @Nullable Action make(ActionSettings settings);
}
