# Finds a JDK for ./carve and ./dev. Sourced, POSIX sh.
#
# find_jdk javac|java   sets and exports JAVA_HOME to the first JDK (or, for "java", run-time image) of version
#                       CARVE_JAVA_MIN or newer; else says what to install and returns 2.
#
# Each candidate is judged by the JAVA_VERSION line of its `release` file, so no JVM is started and no process forked:
# the whole search costs well under a millisecond, which every start of Carve pays.
#
# CARVE_JDK_SEARCH_ROOT is put before the absolute folders; only the tests of this file set it.

CARVE_JAVA_MIN=25

# Sets jdk_major to the feature version in $1/release.
jdk_read_major() {
    jdk_major=
    [ -r "$1/release" ] || return 1
    while IFS= read -r jdk_line || [ -n "$jdk_line" ]; do
        case $jdk_line in
        JAVA_VERSION=*)
            jdk_line=${jdk_line#JAVA_VERSION=}
            jdk_line=${jdk_line#\"}
            jdk_major=${jdk_line%%[!0-9]*}
            break
            ;;
        esac
    done <"$1/release"
    [ -n "$jdk_major" ]
}

# Takes $1 as the answer if it will do; else remembers why not, for the message.
jdk_try() {
    [ -n "$1" ] && [ -x "$1/bin/java" ] && jdk_read_major "$1" || return 1
    if [ "$jdk_major" -lt "$CARVE_JAVA_MIN" ]; then
        jdk_why="Java $jdk_major"
    elif [ "$jdk_need" = javac ] && [ ! -x "$1/bin/javac" ]; then
        jdk_why="Java $jdk_major without javac"
    else
        jdk_found=$1
        return 0
    fi
    case $jdk_seen in *"  $1 ("*) ;; *) jdk_seen="$jdk_seen
  $1 ($jdk_why)" ;; esac
    return 1
}

# The home of the `java` on the PATH, links resolved: /usr/bin/java is a chain of links on most systems.
jdk_on_path() {
    jdk_link=$(command -v java 2>/dev/null) || return 1
    case $jdk_link in /*) ;; *) return 1 ;; esac
    while [ -L "$jdk_link" ]; do
        jdk_target=$(readlink "$jdk_link") || return 1
        case $jdk_target in
        /*) jdk_link=$jdk_target ;;
        *) jdk_link=${jdk_link%/*}/$jdk_target ;;
        esac
    done
    jdk_link=${jdk_link%/*} # …/bin
    jdk_try "${jdk_link%/*}"
}

# In the usual folders; a pattern without a match stays as it is and is no JDK.
jdk_in_folders() {
    jdk_root=${CARVE_JDK_SEARCH_ROOT-}
    jdk_home=${HOME:-/nonexistent}
    for jdk_dir in \
        "$jdk_root"/usr/lib/jvm/* \
        "$jdk_root"/usr/lib64/jvm/* \
        "$jdk_root"/usr/java/* \
        "$jdk_root"/usr/local/java/* \
        "$jdk_root"/usr/local/jdk* \
        "$jdk_root"/usr/local/openjdk* \
        "$jdk_root"/opt/java/* \
        "$jdk_root"/opt/jdk* \
        "$jdk_root"/opt/openjdk* \
        "$jdk_root"/opt/*jdk* \
        "$jdk_home"/.sdkman/candidates/java/* \
        "$jdk_home"/.jdks/* \
        "$jdk_home"/.asdf/installs/java/* \
        "$jdk_home"/.local/share/mise/installs/java/* \
        "$jdk_home"/.m2/jdks/* \
        "$jdk_root"/Library/Java/JavaVirtualMachines/* \
        "$jdk_home"/Library/Java/JavaVirtualMachines/* \
        "$jdk_root"/opt/homebrew/opt/openjdk* \
        "$jdk_root"/usr/local/opt/openjdk* \
        "$jdk_root"/home/linuxbrew/.linuxbrew/opt/openjdk*; do
        jdk_try "$jdk_dir" && return 0
        jdk_try "$jdk_dir/Contents/Home" && return 0                          # macOS bundles
        jdk_try "$jdk_dir/libexec/openjdk.jdk/Contents/Home" && return 0      # Homebrew on macOS
        jdk_try "$jdk_dir/libexec" && return 0                                # Homebrew on Linux
    done
    return 1
}

jdk_say_what_to_install() {
    {
        if [ "$jdk_need" = javac ]; then
            echo "carve: no JDK $CARVE_JAVA_MIN or newer found; Carve builds and runs with one. Install one of:"
        else
            echo "carve: no Java $CARVE_JAVA_MIN or newer found. Install one of:"
        fi
        case $(uname -s) in
        Darwin)
            echo "  brew install openjdk@$CARVE_JAVA_MIN            # Homebrew"
            echo "  brew install --cask temurin@$CARVE_JAVA_MIN     # Temurin, as a macOS package"
            ;;
        *)
            if command -v apt-get >/dev/null 2>&1; then
                echo "  sudo apt-get install openjdk-$CARVE_JAVA_MIN-jdk-headless     # where the release has it; else Temurin, below"
            elif command -v dnf >/dev/null 2>&1; then
                echo "  sudo dnf install java-$CARVE_JAVA_MIN-openjdk-devel"
            elif command -v apk >/dev/null 2>&1; then
                echo "  sudo apk add openjdk$CARVE_JAVA_MIN"
            elif command -v pacman >/dev/null 2>&1; then
                echo "  sudo pacman -S jdk-openjdk"
            elif command -v zypper >/dev/null 2>&1; then
                echo "  sudo zypper install java-$CARVE_JAVA_MIN-openjdk-devel"
            fi
            ;;
        esac
        echo "  sdk list java; sdk install java VERSION        # SDKMAN, any platform, no root"
        echo "  https://adoptium.net/temurin/releases/?version=$CARVE_JAVA_MIN"
        echo "or set CARVE_JAVA_HOME to the folder of one that is there."
        if [ -n "$jdk_seen" ]; then
            echo "Found, but not enough:$jdk_seen"
        fi
    } >&2
}

find_jdk() {
    jdk_need=$1 jdk_seen='' jdk_found='' jdk_why=''
    if [ -n "${CARVE_JAVA_HOME-}" ]; then
        # Set for Carve alone, so on purpose: a wrong value is told, not passed over.
        if ! jdk_try "$CARVE_JAVA_HOME"; then
            echo "carve: CARVE_JAVA_HOME: \"$CARVE_JAVA_HOME\" holds ${jdk_why:-no JDK} (expected: the folder of a JDK $CARVE_JAVA_MIN or newer)" >&2
            return 2
        fi
    elif jdk_try "${JAVA_HOME-}" || jdk_try "${JAVA25_HOME-}" || jdk_try "${JAVA_HOME_25_X64-}" ||
        jdk_on_path || jdk_in_folders; then
        :
    else
        jdk_say_what_to_install
        return 2
    fi
    JAVA_HOME=$jdk_found
    export JAVA_HOME
}
