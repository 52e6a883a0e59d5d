# Builds what ./carve runs. Sourced after jdk.sh, POSIX sh; expects CARVE_ROOT.
#
# ensure_built   leaves in CARVE_DIST a folder with lib/*.jar, built from the sources as they are, and in
#                CARVE_AOT_FLAG the flag that uses the JDK's AOT cache made for it ('' where there is none)
#
# Each build gets a folder of its own, target/carve/<number>, that never changes afterwards: a gateway that is running
# keeps its jars (a JVM opens them lazily) while the next build is made. The last two are kept. `current` names the
# newest and is replaced in one step.

: "${CARVE_TRAINING_SECONDS:=60}"
CARVE_LOCK_SECONDS=900
# Far above what Carve needs (10,000 routes held twice during a reload are below 100 MiB); Serial GC leaves it untouched
# until something lives there.
: "${CARVE_HEAP:=256m}"

build_dir=$CARVE_ROOT/target/carve
build_lock=$build_dir/lock
build_log=$build_dir/build.log
build_child=
build_holds_lock=
build_line_shown=
case ${LC_ALL:-${LC_CTYPE:-${LANG-}}} in
*UTF-8* | *utf8* | *UTF8*) build_ticks='⠋ ⠙ ⠹ ⠸ ⠼ ⠴ ⠦ ⠧ ⠇ ⠏' ;;
*) build_ticks='- \ | /' ;;
esac

build_note() { printf 'carve: %s\n' "$*" >&2; }

build_clear_line() {
    if [ -n "$build_line_shown" ] && [ -t 2 ]; then printf '\r\033[K' >&2; fi
}

build_release() {
    if [ -n "$build_holds_lock" ]; then
        rm -f "$build_lock"
        build_holds_lock=
    fi
}

build_abort() {
    trap - INT TERM HUP EXIT
    [ -z "$build_child" ] || kill "$build_child" 2>/dev/null || :
    build_clear_line
    build_release
    exit "$1"
}

# The lock is a symbolic link whose target is its owner's process id: made in one step, so that there is no lock
# without an owner. A second link guards the taking over of a lock whose owner has gone.
build_acquire() {
    mkdir -p "$build_dir"
    build_waited=0
    until ln -s "pid-$$" "$build_lock" 2>/dev/null; do
        build_owner=$(readlink "$build_lock" 2>/dev/null) || continue
        if ! kill -0 "${build_owner#pid-}" 2>/dev/null; then
            if ln -s "pid-$$" "$build_lock.stale" 2>/dev/null; then
                [ "$(readlink "$build_lock" 2>/dev/null)" != "$build_owner" ] || rm -f "$build_lock"
                rm -f "$build_lock.stale"
                continue
            fi
        elif [ "$build_waited" = 0 ]; then
            build_note "waiting for another build (process ${build_owner#pid-})"
        fi
        build_waited=$((build_waited + 1))
        if [ "$build_waited" -gt "$CARVE_LOCK_SECONDS" ]; then
            build_note "another build did not end in $CARVE_LOCK_SECONDS s; if there is none, remove $build_lock and $build_lock.stale"
            exit 1
        fi
        sleep 1
    done
    build_holds_lock=yes
    trap 'build_abort 130' INT
    trap 'build_abort 143' TERM HUP
    trap 'build_release' EXIT
}

# run_shown TEXT SECONDS COMMAND…: runs it with its output in the log and TEXT with the seconds gone by as the one
# line on a terminal; elsewhere the text once. 124 when it took longer than SECONDS.
run_shown() {
    build_text=$1 build_limit=$2
    shift 2
    build_started=$(date +%s)
    "$@" >>"$build_log" 2>&1 </dev/null &
    build_child=$!
    if [ ! -t 2 ] && [ -z "$build_line_shown" ]; then build_note "$build_text …"; fi
    build_line_shown=yes
    while kill -0 "$build_child" 2>/dev/null; do
        build_seconds=$(($(date +%s) - build_started))
        if [ "$build_seconds" -ge "$build_limit" ]; then
            kill "$build_child" 2>/dev/null || :
            wait "$build_child" 2>/dev/null || :
            build_child=
            return 124
        fi
        for build_tick in $build_ticks; do
            if [ -t 2 ]; then printf '\r\033[K%s carve: %s, %s s' "$build_tick" "$build_text" "$build_seconds" >&2; fi
            sleep 0.1
            kill -0 "$build_child" 2>/dev/null || break
        done
    done
    build_status=0
    wait "$build_child" || build_status=$?
    build_child=
    return "$build_status"
}

# Whether something that goes into Carve is newer than the build; a folder counts too, so that a removed file does.
sources_changed() {
    [ -n "$(find "$CARVE_ROOT" \
        \( -name target -o -name .git -o -name node_modules -o -path '*/src/test' -o -path "$CARVE_ROOT/it" \
        -o -path "$CARVE_ROOT/bench" -o -path "$CARVE_ROOT/testkit" \) -prune \
        -o -newer "$1" \( -path '*/src/main*' -o -name pom.xml \) -print 2>/dev/null | head -n 1)" ]
}

# Reads `current`: the newest build, if its jars are there.
read_current() {
    build_current=
    [ -r "$build_dir/current" ] || return 1
    read -r build_current <"$build_dir/current" || return 1
    CARVE_DIST=$build_dir/$build_current
    [ -f "$CARVE_DIST/stamp" ]
}

is_built() { read_current && ! sources_changed "$CARVE_DIST/stamp"; }

# The end of a failed build. Maven's -q would hide the warnings that -Werror stops at, so the log has everything and
# what matters is picked.
show_build_errors() {
    build_errors=$(grep -E '^(\[ERROR\]|\[WARNING\]|Error)|: not found' "$build_log" |
        grep -vE '^\[ERROR\] *$|Re-run Maven|To see the full stack|For more information about|\[Help 1\] http|you can resume|mvn <args>' |
        tail -n 40) || :
    printf '%s\n' "${build_errors:-$(tail -n 40 "$build_log")}" >&2
    build_note "the build failed; all of its output is in $build_log"
}

# Run in the background by run_shown, so in a shell of its own; `exec`, so that ending it ends Maven.
package_jars() {
    cd "$CARVE_ROOT" || exit
    rm -rf app/target/carve app/target/carve-app-*.jar
    exec ./mvnw -B -ntp -DskipTests -pl app -am package
}

build_jars() {
    if read_current; then build_reason='sources changed'; else build_reason='first use; this takes a minute'; fi
    build_number=$((${build_current:-0} + 1))
    build_next=$build_dir/$build_number
    rm -rf "$build_next"
    mkdir -p "$build_next/lib"
    : >"$build_log"
    : >"$build_next/stamp" # before the build, so that an edit made meanwhile is newer
    if ! run_shown "building ($build_reason)" 3600 package_jars; then
        rm -rf "$build_next"
        build_clear_line
        show_build_errors
        exit 1
    fi
    cp "$CARVE_ROOT"/app/target/carve-app-*.jar "$CARVE_ROOT"/app/target/carve/lib/*.jar "$build_next/lib/"
    echo "$build_number" >"$build_dir/current.new"
    mv -f "$build_dir/current.new" "$build_dir/current"
    CARVE_DIST=$build_next
    for build_old in "$build_dir"/[0-9]*; do
        build_old_number=${build_old##*/}
        [ "$build_old_number" -ge $((build_number - 1)) ] || rm -rf "$build_old"
    done
}

# The class path, as explicit jars in one order: the AOT cache is valid for this very list.
class_path() {
    CARVE_CLASS_PATH=
    for build_jar in "$CARVE_DIST"/lib/*.jar; do
        CARVE_CLASS_PATH=$CARVE_CLASS_PATH${CARVE_CLASS_PATH:+:}$build_jar
    done
}

# What the cache depends on beside the jars: where they are, the JVM and the flags.
aot_key() {
    printf '%s\n' "$CARVE_CLASS_PATH" "$JAVA_HOME" "$(cat "$JAVA_HOME/release" "$CARVE_ROOT/scripts/java.flags")"
}

is_trained() {
    [ -r "$CARVE_DIST/aot.key" ] && [ "$(aot_key)" = "$(cat "$CARVE_DIST/aot.key")" ]
}

# Makes the AOT cache by running Carve's training: record what is loaded and hot, then write the cache. Two steps
# instead of the JVM's one, so that each is a process that can be ended; then a JVM that must use it (AOTMode=on) proves
# that it fits. Without a cache Carve only starts slower, so a failure is said once and not tried again for this build.
train() {
    rm -f "$CARVE_DIST/carve.aot" "$CARVE_DIST/aot.key"
    build_aot_conf=$CARVE_DIST/training.aotconf
    if run_shown 'preparing a fast start' "$CARVE_TRAINING_SECONDS" \
        "$JAVA_HOME/bin/java" "@$CARVE_ROOT/scripts/java.flags" "-Xmx$CARVE_HEAP" \
        -XX:AOTMode=record "-XX:AOTConfiguration=$build_aot_conf" \
        -cp "$CARVE_CLASS_PATH" dev.carve.app.Main --training &&
        run_shown 'preparing a fast start' "$CARVE_TRAINING_SECONDS" \
            "$JAVA_HOME/bin/java" "@$CARVE_ROOT/scripts/java.flags" "-Xmx$CARVE_HEAP" \
            -XX:AOTMode=create "-XX:AOTConfiguration=$build_aot_conf" "-XX:AOTCache=$CARVE_DIST/new.aot" \
            -cp "$CARVE_CLASS_PATH" &&
        mv -f "$CARVE_DIST/new.aot" "$CARVE_DIST/carve.aot" &&
        run_shown 'preparing a fast start' "$CARVE_TRAINING_SECONDS" \
            "$JAVA_HOME/bin/java" "@$CARVE_ROOT/scripts/java.flags" "-Xmx$CARVE_HEAP" \
            -XX:AOTMode=on "-XX:AOTCache=$CARVE_DIST/carve.aot" -cp "$CARVE_CLASS_PATH" -version; then
        :
    else
        rm -f "$CARVE_DIST/new.aot" "$CARVE_DIST/carve.aot"
        build_clear_line
        build_note "no AOT cache: the training run failed, see $build_log; Carve starts without, which takes longer"
    fi
    rm -f "$build_aot_conf"
    aot_key >"$CARVE_DIST/aot.key"
}

ensure_built() {
    build_fresh=
    if is_built; then
        build_fresh=yes
        find_jdk java || exit
        class_path
    else
        find_jdk javac || exit
    fi
    if [ -z "$build_fresh" ] || ! is_trained; then
        build_acquire
        is_built || build_jars # another process may have built while this one waited
        class_path
        is_trained || train
        build_clear_line
        build_release
        trap - INT TERM HUP EXIT
    fi
    CARVE_AOT_FLAG=
    if [ -f "$CARVE_DIST/carve.aot" ]; then CARVE_AOT_FLAG=-XX:AOTCache=$CARVE_DIST/carve.aot; fi
}
