# What a module list was worked out for: a system, the files of its configuration and its nixpkgs, as one text, `key`.
# It is null where they may change and the text stay the same; `because` says why, as the end of a sentence.
#
# All files of the folder count, but for what is in lists (*.module-list.nix) and .git. Passed over as if they were not
# there are .git, the links of nix-build and the dynamic file at the top, and lists beside this one: what asks which
# files are there has no list that is relied on (lib/dynix/modulelist/detail/purity.cpp). Of a flake its inputs count
# too: one may be another than its lock says. A folder counts with its place, which its files can ask for.
{
  nixpkgs,
  # The folder of the configuration, or the flake.
  configuration,
  list,
  # Which system of the configuration it is: ./given.nix.
  system,
}:
let
  startsWith = text: path: builtins.substring 0 (builtins.stringLength text) (toString path) == text;
  inStore = startsWith "${builtins.storeDir}/";
  # A channel is a link into the store. Null: where it is may become something else.
  resolved =
    path:
    if inStore path then
      toString path
    else if startsWith "/nix/var/nix/profiles/" path && builtins.pathExists path then
      builtins.storePath path
    else
      null;
  isList = name: builtins.match ".*\\.module-list\\.nix(\\.new)?" name != null;
  isOnlyNamed = name: isList name || name == ".git";
  isPassedOver =
    at: name: type:
    at == folder
    && (
      name == ".git"
      || type == "symlink" && builtins.match "result(-.*)?" name != null
      || builtins.match "dynamic\\.nix(\\.generations)?|\\.dynamic\\.nix\\.new" name != null
    )
    || at == dirOf (toString list) && isList name;

  # What is in it does not count.
  isHidden =
    at: name: type:
    isPassedOver at name type || isOnlyNamed name;

  # Hashes, and no copy of the folder in the store, where everybody could read what is secret in it.
  files =
    at:
    let
      entries = builtins.readDir at;
      entry =
        name:
        let
          path = at + "/${name}";
          type = entries.${name};
        in
        if isPassedOver (toString at) name type then
          [ ]
        else
          [
            {
              inherit type;
              path = toString path;
              # A folder counts also when nothing is in it: it can be asked for.
              hash = if type == "regular" && !isOnlyNamed name then builtins.hashFile "sha256" path else "";
            }
          ]
          ++ (if type == "directory" && !isOnlyNamed name then files path else [ ]);
    in
    builtins.concatMap entry (builtins.attrNames entries);
  # Of a flake in a folder of a repository all of that counts: its files can be read, and since Nix 2.14 the flake's
  # own path is its folder's.
  # A path, so that a folder that is a link is read and not the link.
  top = /. + builtins.unsafeDiscardStringContext (toString (configuration.sourceInfo.outPath or configuration));
  folder = toString top;
  isFlake = configuration ? outPath && inStore folder;
  found = files top;
  # What of the folder the system may read when it is looked at whether it reads anything else: what counts. A folder of
  # which something does not count is none of it, as its names would be.
  readable =
    at:
    let
      entries = builtins.readDir at;
      name = "${toString at}/";
      hidden = builtins.partition (it: isHidden (toString at) it entries.${it}) (builtins.attrNames entries);
      below = map (
        it:
        if entries.${it} == "directory" then
          readable (at + "/${it}")
        else
          {
            isWhole = true;
            roots = [ (name + it) ];
          }
      ) hidden.wrong;
      isWhole = hidden.right == [ ] && builtins.all (it: it.isWhole) below && at != top && !startsWith name list;
    in
    {
      inherit isWhole;
      roots = if isWhole then [ (toString at) ] else builtins.concatMap (it: it.roots) below;
    };
  # And of a flake all of it in another place in the store.
  counted = builtins.path {
    path = top;
    name = "source";
    filter = path: type: !isHidden (dirOf path) (baseNameOf path) type;
  };
  # What a link leads to is not seen.
  odd = builtins.filter (it: it.type != "regular" && it.type != "directory") found;
  # Whose input each is, and what is known of its commit. One that an input of it has again, such as the flake itself,
  # is not followed again.
  own = builtins.unsafeDiscardStringContext (toString configuration);
  inputsOf =
    above: flake:
    builtins.mapAttrs (
      _: input:
      let
        path = builtins.unsafeDiscardStringContext (toString input);
      in
      {
        # The flake itself is in another folder whenever its list is another.
        path = if path == own then null else path;
      }
      // (
        if builtins.elem path above || !builtins.isAttrs input then
          { }
        else
          {
            commit = builtins.intersectAttrs ofCommit (input.sourceInfo or input);
            inputs = inputsOf (above ++ [ path ]) input;
          }
      )
    ) (flake.inputs or { });
  ofCommit = builtins.listToAttrs (
    map
      (name: {
        inherit name;
        value = null;
      })
      [
        "rev"
        "shortRev"
        "dirtyRev"
        "dirtyShortRev"
        "revCount"
        "lastModified"
        "lastModifiedDate"
        "narHash"
      ]
  );
  # A checkout of dynix, of which the configuration may import more than this: what nixmodules/package.nix takes of it.
  checkout = ../..;
  isCheckout =
    !inStore checkout
    && builtins.all (name: builtins.pathExists (checkout + "/${name}")) [
      "meson.build"
      "nixmodules/minimal/key.nix"
    ];
  inCheckout =
    names: builtins.filter (path: isCheckout && builtins.pathExists path) (map (name: checkout + "/${name}") names);
  checkoutFolders = inCheckout [
    "lib"
    "nixmodules"
    "tools"
    "vmtests"
  ];
  checkoutFiles = inCheckout [
    "meson.build"
    "meson_options.txt"
    "LICENSE"
  ];
  ofCheckout =
    builtins.filter (it: builtins.match ".*/__pycache__(/.*)?" it.path == null) (
      builtins.concatMap files checkoutFolders
    )
    ++ map (path: {
      path = toString path;
      hash = builtins.hashFile "sha256" path;
    }) checkoutFiles;
  within = path: builtins.substring (builtins.stringLength folder) (-1) path;
  ofNixpkgs = resolved nixpkgs;
  # What <nixpkgs> is where it is the same one; no other <name> stays what it is, and whether there is one is in the key.
  sought = builtins.tryEval (toString <nixpkgs>);
  searched =
    # A flake has none in its pure evaluation.
    if isFlake || !sought.success then
      "nothing"
    else if resolved <nixpkgs> == ofNixpkgs then
      "nixpkgs"
    else
      "another";
  answer = {
    inherit folder;
    own = toString ./.;
    # What of it is in the key; nothing else may be read.
    checkout = map toString (checkoutFolders ++ checkoutFiles);
    list = toString list;
    nixpkgs = toString nixpkgs;
    searchPath = if searched == "nixpkgs" then "nixpkgs=${toString <nixpkgs>}" else "";
    inherit searched;
  };
  unknown = because: answer // { inherit because; key = null; };
in
if ofNixpkgs == null then
  unknown "nixpkgs is not in the store and may change"
else if inStore folder && !isFlake then
  # What is beside the folder there may be another, and so may the inputs.
  unknown "a flake is known as a whole, and `configuration' of the list is not the flake (`configuration = self;')"
else if isFlake && !startsWith "${folder}/" list then
  unknown "the list is in another flake than that of its `configuration'"
else if odd != [ ] then
  unknown "'${(builtins.head odd).path}' is no file, and what it leads to may change"
else if system.text == null then
  unknown system.because
else if builtins.getEnv "NIXOS_EXTRA_MODULE_PATH" != "" then
  unknown "NIXOS_EXTRA_MODULE_PATH in the environment adds a module"
else
  answer
  // {
    key = builtins.hashString "sha256" (
      builtins.unsafeDiscardStringContext (
        builtins.toJSON {
          system = system.text;
          nixpkgs = ofNixpkgs;
          inherit searched;
          inputs = inputsOf [ own ] configuration;
          # What a path is as a text. A flake is in another folder whenever it is another.
          place = if isFlake then null else folder;
          # The evaluation of a flake does not know it.
          machine = if isFlake then null else builtins.currentSystem or null;
          files = map (it: [
            (within it.path)
            it.hash
          ]) found;
          dynix = map (it: [
            it.path
            it.hash
          ]) ofCheckout;
        }
      )
    );
    because = "";
    counted = if isFlake then "${counted}" else "";
    readable = if isFlake then [ ] else (readable top).roots;
  }
