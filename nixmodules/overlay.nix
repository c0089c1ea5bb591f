# `pkgs.dynix`.
final: prev: {
  dynix = final.callPackage ./package.nix { };
}
