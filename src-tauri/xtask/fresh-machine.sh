#!/usr/bin/env bash
# Tries the project's two commands on a fresh Debian 12: a root with nothing but Debian's base
# system, git, Rust and Node, and a clean clone of what is committed. Needs root, debootstrap
# and overlayfs. Where packages come from is taken from this machine's own settings each time;
# nothing of them is kept in the project.
#
#   src-tauri/xtask/fresh-machine.sh DIR [COMMAND...]
#
# DIR/base is made once and never written again; each run works in a new layer above it,
# DIR/run, which stays for looking at; FRESH_KEEP=yes goes on in that layer. Without a COMMAND: `run --headless`, then `test`.
set -euo pipefail

dir=$(realpath -m "${1:?a folder for the root}")
shift
project=$(git -C "$(dirname "$0")" rev-parse --show-toplevel)
base=$dir/base
run=$dir/run
rust=$(cd "$project" && rustc --print sysroot)
npm=$(realpath "$(npm root --global 2>/dev/null)/npm")

make_base() {
    local mirror
    mirror=$({ cat /etc/apt/sources.list /etc/apt/sources.list.d/*.sources 2>/dev/null || true; } |
        sed -n 's/^URIs: *//p; s/^deb \(\[[^]]*\] \)\?\([^ ]*\) .*/\2/p' | sed -n 1p)
    mkdir -p "$dir"
    debootstrap --variant=minbase --include=git,ca-certificates bookworm "$base.part" "$mirror"
    rm -rf "$base.part/var/lib/apt/lists"/* "$base.part/var/cache/apt/archives"/*.deb
    mv "$base.part" "$base"
}

# This machine's own settings for its package clients, and Rust and Node as they are here.
furnish() {
    local file
    for file in /etc/resolv.conf /etc/hosts /etc/ssl/certs/ca-certificates.crt \
        ~/.npmrc ~/.cargo/config.toml; do
        [ -e "$file" ] && install -D -m 600 "$file" "$run/root$file"
    done
    [ -e /usr/etc/npmrc ] && install -D /usr/etc/npmrc "$run/root/usr/local/etc/npmrc"
    chmod 644 "$run/root"/etc/{resolv.conf,hosts,ssl/certs/ca-certificates.crt}
    cp -r /usr/local/share/ca-certificates "$run/root/usr/local/share/" 2>/dev/null || true
    rm -f "$run/root/etc/apt/sources.list"
    cp /etc/apt/sources.list.d/*.sources "$run/root/etc/apt/sources.list.d/" 2>/dev/null || true
    [ -e /etc/apt/sources.list ] && cp /etc/apt/sources.list "$run/root/etc/apt/"
    for file in $(grep -lE 'Acquire|Proxy' /etc/apt/apt.conf.d/* 2>/dev/null); do
        cp "$file" "$run/root/etc/apt/apt.conf.d/"
    done
    mkdir -p "$run/root/opt/rust" "$run/root/opt/npm" "$run/root/opt/project"
    install -D "$(realpath "$(command -v node)")" "$run/root/usr/local/bin/node"
    mkdir -p "$run/root/usr/local/lib/node_modules"
    cp -r "$npm" "$run/root/usr/local/lib/node_modules/npm"
    ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$run/root/usr/local/bin/npm"
    ln -sf ../lib/node_modules/npm/bin/npx-cli.js "$run/root/usr/local/bin/npx"
}

# Runs inside a mount namespace of its own, so that every mount goes away with it.
inside() {
    mount -t overlay overlay \
        -o "lowerdir=$base,upperdir=$run/layer,workdir=$run/scratch" "$run/root"
    furnish
    mount -t proc proc "$run/root/proc"
    mount --rbind /sys "$run/root/sys"
    mount --rbind /dev "$run/root/dev"
    mount -t tmpfs tmpfs "$run/root/tmp"
    mount --bind -o ro "$rust" "$run/root/opt/rust"
    mount --bind -o ro "$project" "$run/root/opt/project"
    if [ -d "$project/../shared" ]; then
        mkdir -p "$run/root/srv/shared"
        mount --bind -o ro "$project/../shared" "$run/root/srv/shared"
    fi
    local keep=()
    while IFS= read -r name; do
        keep+=("$name=${!name}")
    done < <(compgen -e | grep -iE '_(CERT_FILE|CERT_DIR|CA_BUNDLE|CAINFO|CA_CERTS)$|_proxy$' || true)
    chroot "$run/root" env -i "${keep[@]}" HOME=/root LANG=C.UTF-8 TERM=dumb CI=true \
        PATH=/opt/rust/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin \
        bash -c "$1" </dev/null
}

if [ "${FRESH_INSIDE:-}" = yes ]; then
    inside "$1"
    exit
fi

[ -d "$base" ] || make_base
[ "${FRESH_KEEP:-}" = yes ] || rm -rf "$run"
mkdir -p "$run"/{layer,scratch,root}
work='cargo xtask run --headless --yes --seconds 20 && cargo xtask test'
[ $# -gt 0 ] && work="$*"
script='
set -e
git config --global --add safe.directory "*"
[ -d /srv/fengsui ] || git clone -q /opt/project /srv/fengsui
cd /srv/fengsui
git fetch -q origin && git reset -q --hard FETCH_HEAD
[ -e /srv/packages-before ] || dpkg-query -W -f "\${Package}\n" | sort > /srv/packages-before
status=0
{ '$work'; } || status=$?
dpkg-query -W -f "\${Package}\n" | sort > /srv/packages-after
echo "packages installed on the way: $(comm -13 /srv/packages-before /srv/packages-after | wc -l)"
echo "asked for by name: $(apt-mark showmanual | sort > /tmp/manual; comm -12 /tmp/manual \
    <(comm -13 /srv/packages-before /srv/packages-after) | tr "\n" " ")"
exit $status'
FRESH_INSIDE=yes unshare --mount --propagation private "$0" "$dir" "$script"
