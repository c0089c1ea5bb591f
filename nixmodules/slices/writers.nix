# Functions of nixpkgs that write a text to the store. To call one of them is to evaluate nixpkgs and its stdenv, which
# is most of a slice's time; what it makes of another text is the same derivation with another text in it. So for each
# call, with all that is given besides the text, that derivation is kept:
#
#   arguments  those that the function says it has (builtins.functionArgs)
#   args    what it was called with, without the text, as ./values.nix keeps it; nobody looks at what is not kept of it
#   names   of all attributes of what it gives
#   beside  for a function in a set of packages, `writers.writeNginxConfig`, the names of all that this has
#   given   some of them
#   attrs   what the derivation is made of, all but the text
#   text    the attribute that has the text, with what is `before` and `after` it and what these refer to (`context`)
#
# That only this attribute depends on the text is evaluated with a text that ends the evaluation. That it depends on it
# in no other way is what nixpkgs says: where a function, or the stdenv, is not of nixpkgs, or it is called with anything
# else than what is kept, the function itself is evaluated.
{ lib }:

let
  values = import ./values.nix { inherit lib; };

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
            function args.name args.environment text;
          shapes = [ (of: name: environment: text: of { inherit environment name; } text) ];
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
  through."writers.writeNginxConfig" = [ "runCommandLocal" ];

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
  # Calls `of` with the arguments of the call, the text, and what `was` makes of them.
  wrap =
    function: arguments: was: of:
    lib.head (shapesWith function arguments) (
      args: text: of args text (byName.${function}.call was args text)
    );

  # Whether the text meets nothing but what nixpkgs says.
  isOfNixpkgs =
    root: pkgs: function:
    let
      isBelow =
        folder: set: name:
        let
          position = builtins.unsafeGetAttrPos name set;
        in
        position != null && lib.hasPrefix "${root}/${folder}/" position.file;
    in
    isBelow "pkgs/build-support" (lib.getAttrFromPath (lib.init (pathOf function)) pkgs) (
      lib.last (pathOf function)
    )
    && lib.all (isBelow "pkgs/top-level" pkgs) (lib.init (pathOf function))
    && lib.all (isBelow "pkgs/build-support" pkgs) (through.${function} or [ ])
    && isBelow "pkgs/top-level" pkgs "stdenv"
    && isBelow "pkgs/top-level" pkgs "stdenvNoCC"
    && isBelow "pkgs/stdenv/generic" pkgs.stdenv "mkDerivation"
    && isBelow "pkgs/stdenv/generic" pkgs.stdenvNoCC "mkDerivation"
    && !(pkgs.config ? replaceStdenv)
    && isLikeOne function (functionIn pkgs function);

  # What a derivation is made of, with the texts that it makes of paths and packages.
  made =
    value:
    if builtins.isPath value || builtins.isAttrs value && value ? outPath then
      "${value}"
    else if builtins.isList value then
      map made value
    else
      value;
  # What modules ask of it; where it is in the store is made of the text.
  asked = [
    "name"
    "outputName"
    "outputs"
    "system"
    "type"
  ];
  isText = builtins.isString;
  around =
    call: text:
    if isText text then
      builtins.appendContext "${call.before}${text}${call.after}" call.context
    else
      throw "dynix-slice: no text";
  derivationOf =
    call: text:
    derivation (
      lib.mapAttrs (_: values.restore (abort "dynix-slice a derivation that is not kept")) call.attrs
      // {
        ${call.text} = around call text;
      }
    );

  # No part of it is in any name.
  probe = "dynix-probe-0c4b1a";
  # What looks into a text meets that it is none.
  writtenBy = call: attribute: "${(call { __toString = _: probe; }).drvAttrs.${attribute}}";
in
rec {
  # A package, or a set of them, with something that is done with each call of such a function.
  watch =
    name: was: of:
    let
      watched =
        function: it:
        if isLikeOne function it then wrap function (builtins.functionArgs it) it (of function) else it;
    in
    if byName ? ${name} then
      watched name was
    else if inSets ? ${name} && builtins.isAttrs was then
      was // lib.mapAttrs (inner: watched "${name}.${inner}") (builtins.intersectAttrs inSets.${name} was)
    else
      was;

  # What is kept of a call, or null.
  keepArgs = values.keep;
  keep =
    root: pkgs: function: given:
    let
      args = values.keep given;
      call = byName.${function}.call (functionIn pkgs function) (
        values.restore (throw "dynix-slice: what is not kept") args
      );
      holed = call (throw "dynix-slice: a text");
      attrs = lib.mapAttrs (_: value: values.keepWhole (made value)) holed.drvAttrs;
      ofText = lib.filter (name: attrs.${name} == null) (lib.attrNames attrs);
      text = lib.head ofText;
      written = writtenBy call text;
      parts = lib.splitString probe (builtins.unsafeDiscardStringContext written);
      found = {
        inherit args;
        arguments = builtins.functionArgs (functionIn pkgs function);
        beside = besideIn pkgs function;
        names = lib.attrNames holed;
        given = lib.filterAttrs (_: kept: kept != null) (
          lib.mapAttrs (_: values.keepWhole) (builtins.intersectAttrs (lib.genAttrs asked (_: null)) holed)
        );
        attrs = removeAttrs attrs [ text ];
        inherit text;
        before = lib.head parts;
        after = lib.last parts;
        context = builtins.getContext written;
      };
      kept =
        if
          isOfNixpkgs root pkgs function && args != null && lib.length ofText == 1 && lib.length parts == 2
        then
          found
        else
          null;
      tried = builtins.tryEval (builtins.deepSeq kept kept);
    in
    if tried.success then tried.value else null;

  # Whether what is kept of a call holds for every text. Ends the evaluation where a text is met elsewhere.
  holds =
    root: pkgs: function: kept:
    let
      args = values.restore (abort "dynix-slice arguments that are not kept") kept.args;
      call = byName.${function}.call (functionIn pkgs function) args;
      holed = call (abort "dynix-slice '${function}' looks at a text");
      same = was: it: lib.all (name: values.isKept it.${name} (was name)) (lib.attrNames it);
      agrees = text: (derivationOf kept text).drvPath == (call text).drvPath;
    in
    isOfNixpkgs root pkgs function
    && builtins.functionArgs (functionIn pkgs function) == kept.arguments
    && besideIn pkgs function == kept.beside
    && lib.attrNames holed == kept.names
    && same (name: holed.${name}) kept.given
    && lib.attrNames (removeAttrs holed.drvAttrs [ kept.text ]) == lib.attrNames kept.attrs
    && holed.drvAttrs ? ${kept.text}
    && same (name: made holed.drvAttrs.${name}) kept.attrs
    && writtenBy call kept.text == around kept probe
    && lib.all agrees [
      ""
      probe
      "#!${pkgs.runtimeShell}\n'' \${x} ${holed.drvAttrs.builder}\n\n"
      # Too long for the environment of a builder.
      (lib.concatStrings (lib.genList (_: "0123456789abcdef") 8200))
    ];

  # All that calls are kept of, as a part of the packages that there were.
  restoreAll =
    were: calls:
    lib.mapAttrs (
      name: functions:
      if functions == [ name ] then
        restore name were.${name} calls.${name}
      else
        lib.genAttrs (lib.head calls.${lib.head functions}).beside (
          inner:
          if calls ? "${name}.${inner}" then
            restore "${name}.${inner}" were.${name}.${inner} calls."${name}.${inner}"
          else
            were.${name}.${inner}
        )
    ) (lib.groupBy (function: lib.head (pathOf function)) (lib.attrNames calls));

  # The function, with what is kept of its calls.
  restore =
    function: was: calls:
    wrap function (lib.head calls).arguments was (
      args: text: evaluated:
      let
        # Equal also in what they refer to.
        kept = values.keep args;
        fitting = lib.filter (call: call.args == kept) calls;
        call = lib.head fitting;
        short = derivationOf call text;
        attribute =
          name:
          if call.given ? ${name} then
            values.restore evaluated.${name} call.given.${name}
          else if
            isText text
            && lib.elem name [
              "drvPath"
              "outPath"
            ]
          then
            short.${name}
          else
            evaluated.${name};
      in
      if fitting == [ ] then evaluated else lib.genAttrs call.names attribute
    );
}
