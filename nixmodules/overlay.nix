# `pkgs.dynix`.
final: _: {
  dynix = final.callPackage ./package.nix { };
}
