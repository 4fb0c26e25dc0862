#!/bin/sh
# Fetches the third-party files of this folder again: pinned versions, checked hashes, nothing else.
# Needs node 20 with npm and the network; the product itself needs neither.
set -eu
cd "$(dirname "$0")"

TABLER=1.6.1
HTMX=2.0.11
LUCIDE=1.62.0
DAGRE=3.1.3
IDIOMORPH=0.8.0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fetch() { # package, version, expected SHA-512 of the archive (hex)
    archive=$(npm pack --silent --pack-destination "$work" "$1@$2")
    printf '%s  %s\n' "$3" "$work/$archive" | sha512sum --check --quiet -
    mkdir -p "$work/$1"
    tar -xzf "$work/$archive" -C "$work/$1" --strip-components=1
}

fetch @tabler/core "$TABLER" 960991f60731469e4994bc5c9918bd473f3926b12f1fa073ef52a795c3d549af7bc2dc10363812b378377f1c1b025ba51f244c821848574e1052e5b7a6a0ec22
fetch htmx.org "$HTMX" 4e1c7f5ada5e390a92aea042c3f0357301891a0e14ad56b7fac5b41a6accde9e202603bcf5e707e2ab5b9f2cc30d616f053aa39c83028042d336deb7e9db5a98
fetch lucide-static "$LUCIDE" 581640fe6d8fbe41693061c3b6c05c9393f603d1b87a12e562ee06c30202726126d41bd85608f4d25083c4a4562e56cc94e89b2da8b0750f3c1b9a479125a0c0
fetch @dagrejs/dagre "$DAGRE" 5f86944f0391799bed85a6563951ea949e76fd976164510ce3e2e1fee4785e8a1448b13aa7bd5b732ecc3c6cd89cd51c361fa78fe8bfa8942908c21d4274a6ae
fetch idiomorph "$IDIOMORPH" 478ec904bfba8c70d0bdc9dba69214b575dcc62e61ebec2e0841195e7461525b6c8333c52b34e12f93ee1e9a4ff72a49bb2fbb59ac1c6354ec4810ff8906cc87

mkdir -p tabler htmx lucide dagre idiomorph
# The source map comment names a file that is not shipped; static file storage with hashed names would stop at it.
sed '/^\/\*# sourceMappingURL=.*\*\/$/d' "$work/@tabler/core/dist/css/tabler.min.css" >"$work/tabler.css"
node prune.mjs "$work/tabler.css" tabler-classes.txt >tabler/tabler.min.css
cp "$work/htmx.org/dist/htmx.min.js" htmx/htmx.min.js
cp "$work/htmx.org/LICENSE" htmx/LICENSE
node sprite.mjs "$work/lucide-static/icons" lucide-icons.txt >lucide/sprite.svg
cp "$work/lucide-static/LICENSE" lucide/LICENSE
# Lines at its end name a licence file and a source map beside it; the licence is here under its own name.
sed -e '/^\/\*! For license information please see .* \*\/$/d' -e '/^\/\/# sourceMappingURL=/d' "$work/@dagrejs/dagre/dist/dagre.min.js" >dagre/dagre.min.js
cp "$work/@dagrejs/dagre/LICENSE" dagre/LICENSE
cp "$work/idiomorph/dist/idiomorph.min.js" idiomorph/idiomorph.min.js
cp "$work/idiomorph/LICENSE" idiomorph/LICENSE

# CodeMirror 6 is many small packages: versions and hashes stand in codemirror/package-lock.json, esbuild makes one module.
# (The package `codemirror` itself is not used; its newest number in the registry is a mistaken publish of version 5.)
mkdir "$work/codemirror-build"
cp codemirror/package.json codemirror/package-lock.json codemirror/entry.mjs "$work/codemirror-build"
(
    cd "$work/codemirror-build"
    npm ci --ignore-scripts --no-audit --no-fund --silent
    node_modules/.bin/esbuild entry.mjs --bundle --format=esm --minify --target=es2022 --legal-comments=none \
        --log-level=warning --outfile=codemirror.js
    for package in node_modules/@codemirror/* node_modules/@lezer/* node_modules/@marijn/* \
        node_modules/crelt node_modules/style-mod node_modules/w3c-keyname; do
        printf '%s\n\n' "${package#node_modules/}"
        cat "$package/LICENSE"
        printf '\n'
    done >LICENSE
)
cp "$work/codemirror-build/codemirror.js" "$work/codemirror-build/LICENSE" codemirror/
