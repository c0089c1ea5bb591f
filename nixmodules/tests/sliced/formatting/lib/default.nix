# What nixpkgs' lib has of this.
rec {
  isFunction = it: builtins.isFunction it || it ? __functor;
  functionArgs = it: it.__functionArgs or (builtins.functionArgs it);
  callPackageWith =
    packages: called: more:
    let
      function = if isFunction called then called else import called;
    in
    function (builtins.intersectAttrs (functionArgs function) packages // more) // { override = null; };
  types.value.check = _: true;
}
