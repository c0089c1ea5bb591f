# The functions of nixpkgs that write a text to the store, by their names among the packages: how each is called, and
# whether it is nixpkgs' own.
{ lib }:

let
  # What varies of a command is its script, or a `value` in its environment that the script writes to a file, as those of
  # `pkgs.formats` do: a text, or with structured attributes anything else.
  takesAll = args: args ? command;
  # By name, a function that does with its arguments what `of` does with these and the text. Another function that it
  # calls is `through`.
  byName =
    lib.genAttrs
      [
        "writeScript"
        "writeScriptBin"
        "writeShellScript"
        "writeShellScriptBin"
        "writeText"
        "writers.writeNginxConfig"
      ]
      (_: {
        call =
          function: args: text:
          function args.name text;
        shapes = [ (of: name: text: of { inherit name; } text) ];
      })
    //
      lib.genAttrs
        [
          "runCommand"
          "runCommandLocal"
          "runCommandNoCC"
          "runCommandNoCCLocal"
        ]
        (_: {
          call =
            function: args: text:
            if takesAll args then
              function args.name (args.environment // { value = text; }) args.command
            else
              function args.name args.environment text;
          shapes = [
            (
              of: name: environment: text:
              if environment ? value then
                of {
                  inherit name;
                  environment = removeAttrs environment [ "value" ];
                  command = text;
                } environment.value
              else
                of { inherit environment name; } text
            )
          ];
        })
    // {
      writeTextFile = {
        call =
          function: args: text:
          function (args // { inherit text; });
        # Whoever asks what arguments it has gets the same answer.
        shapes = [
          (
            of:
            {
              name,
              text,
              executable ? false,
              destination ? "",
              checkPhase ? "",
            }@given:
            of (removeAttrs given [ "text" ]) text
          )
          (
            of:
            {
              name,
              text,
              executable ? false,
              destination ? "",
              checkPhase ? "",
              meta ? { },
              allowSubstitutes ? false,
              preferLocalBuild ? true,
            }@given:
            of (removeAttrs given [ "text" ]) text
          )
          (
            of:
            {
              name,
              text,
              executable ? false,
              destination ? "",
              checkPhase ? "",
              meta ? { },
              passthru ? { },
              allowSubstitutes ? false,
              preferLocalBuild ? true,
              derivationArgs ? { },
            }@given:
            of (removeAttrs given [ "text" ]) text
          )
        ];
      };
    };
  through = {
    "writers.writeNginxConfig" = [ "runCommandLocal" ];
    writeText = [ "writeTextFile" ];
  };
  # What a function does that first asks whether the text is one, as newer nixpkgs' writeText.
  unasked.writeText = pkgs: args: text: pkgs.writeTextFile { inherit (args) name; inherit text; };
  # The function, called with what `args` has besides the text, and changed as they say.
  callOf =
    pkgs: function: isAsked: args:
    let
      call = if isAsked then unasked.${function} pkgs else byName.${function}.call (functionIn pkgs function);
    in
    if args ? overrideAttrs then
      text:
      let
        it = (call (removeAttrs args [ "overrideAttrs" ]) text).overrideAttrs (_: args.overrideAttrs);
      in
      unplaced it // lib.optionalAttrs (it ? out) { out = unplaced it.out; }
    else
      call args;
  # It says where the change of it stands, which is kept of nothing.
  unplaced =
    it:
    it
    // {
      meta = it.meta // {
        position = throw "dynix-slice: where it stands";
      };
    };

  # The set of packages that has it, if that is not all packages, and its name there.
  pathOf = lib.splitString ".";
  inSets.writers.writeNginxConfig = null;
  functionIn = pkgs: function: lib.getAttrFromPath (pathOf function) pkgs;
  besideIn =
    pkgs: function:
    let
      path = pathOf function;
    in
    lib.optionals (lib.length path == 2) (lib.attrNames pkgs.${lib.head path});

  shapesWith =
    function: arguments:
    lib.filter (shape: builtins.functionArgs (shape null) == arguments) byName.${function}.shapes;
  isLikeOne =
    function: given:
    builtins.isFunction given && shapesWith function (builtins.functionArgs given) != [ ];
  # Calls `of` with the arguments of the call, the text, and what `was` makes of them; `old` is what a change of it by
  # `overrideAttrs` meets that looks at the attributes there are.
  wrap =
    function: arguments: was: old: of:
    lib.head (shapesWith function arguments) (
      args: text:
      let
        called = byName.${function}.call was args text;
        given = of args text called;
        changed =
          change:
          let
            attributes = if lib.isFunction change then change old else change;
            # What is made of it says where it stands, and so has `meta.position`, only where that is known.
            isPlaced = lib.all (name: builtins.unsafeGetAttrPos name attributes != null) (lib.attrNames attributes);
          in
          of (args // { overrideAttrs = if isPlaced then attributes else throw "dynix-slice: not written out"; }) text (
            called.overrideAttrs change
          );
      in
      if builtins.isAttrs given && given ? overrideAttrs then
        given // { overrideAttrs = changed; }
      else
        given
    );

  # Whether that of a set is written in a folder of nixpkgs.
  isBelow =
    root: folder: set: name:
    let
      position = builtins.unsafeGetAttrPos name set;
    in
    position != null && lib.hasPrefix "${root}/${folder}/" position.file;
  # Whether the text meets nothing but what nixpkgs says.
  isOfNixpkgs =
    root: pkgs: function:
    let
      isOf = isBelow root;
    in
    isOf "pkgs/build-support" (lib.getAttrFromPath (lib.init (pathOf function)) pkgs) (
      lib.last (pathOf function)
    )
    && lib.all (isOf "pkgs/top-level" pkgs) (lib.init (pathOf function))
    && lib.all (isOf "pkgs/build-support" pkgs) (through.${function} or [ ])
    && isOf "pkgs/top-level" pkgs "stdenv"
    && isOf "pkgs/top-level" pkgs "stdenvNoCC"
    && isOf "pkgs/stdenv/generic" pkgs.stdenv "mkDerivation"
    && isOf "pkgs/stdenv/generic" pkgs.stdenvNoCC "mkDerivation"
    && !(pkgs.config ? replaceStdenv)
    && isLikeOne function (functionIn pkgs function);
in
{
  inherit
    besideIn
    callOf
    isBelow
    isOfNixpkgs
    pathOf
    takesAll
    wrap
    ;

  asksFirst = function: unasked ? ${function};
  argumentsOf = pkgs: function: builtins.functionArgs (functionIn pkgs function);

  # A package, or a set of them, with something that is done with each call of such a function.
  watch =
    name: was: of:
    let
      watched =
        function: it:
        if isLikeOne function it then
          wrap function (builtins.functionArgs it) it (throw "dynix-slice: what is changed") (of function)
        else
          it;
    in
    if byName ? ${name} then
      watched name was
    else if inSets ? ${name} && builtins.isAttrs was then
      was // lib.mapAttrs (inner: watched "${name}.${inner}") (builtins.intersectAttrs inSets.${name} was)
    else
      was;
}
