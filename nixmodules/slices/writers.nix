# Functions of nixpkgs that write a text to the store. To call one of them is to evaluate nixpkgs and its stdenv, which
# is most of a slice's time; what it makes of another text is the same derivation with another text in it. So for each
# call, with all that is given besides the text, that derivation is kept:
#
#   arguments  those that the function says it has (builtins.functionArgs)
#   args    what it was called with, without the text, as ./values.nix keeps it; nobody looks at what is not kept of it.
#           Where that of a command has a `command`, its text is the `value` of its environment.
#           Where `overrideAttrs` of what it gives is called, the attributes that this changes are there by that name
#   names   of all attributes of what it gives
#   beside  for a function in a set of packages, `writers.writeNginxConfig`, the names of all that this has
#   given   some of them
#   out     the same of `out`, where that is the only output; else null
#   isAsked whether it asks if the text is one, so that it is looked at by the function that it hands the text to
#   attrs   what the derivation is made of, all but the text
#   text    the attribute that has the text, with what is `before` and `after` it and what these refer to (`context`)
#
# That only this attribute depends on the text is evaluated with a text that ends the evaluation. That it depends on it
# in no other way is what nixpkgs says: where a function, or the stdenv, is not of nixpkgs, or it is called with anything
# else than what is kept, the function itself is evaluated.
{ lib }:

let
  values = import ./values.nix { inherit lib; };
  inherit (import ./functions.nix { inherit lib; })
    argumentsOf
    asksFirst
    besideIn
    callOf
    isOfNixpkgs
    pathOf
    takesAll
    watch
    wrap
    ;

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
    "outputSpecified"
    "system"
    "type"
  ];
  keptOf = args: it: {
    names = lib.attrNames it;
    given = lib.filterAttrs (_: kept: kept != null) (
      lib.mapAttrs (_: values.keepWhole) (builtins.intersectAttrs (lib.genAttrs asked (_: null)) it)
      # What it says about itself: which program it has. Of a command newer nixpkgs says there where its environment stands.
      // lib.optionalAttrs (it ? meta && args.environment or { } == { }) { meta = values.keep it.meta; }
    );
  };
  takesAllOf = call: takesAll (call.args.v or call.args.a);
  isFit = call: text: takesAllOf call || builtins.isString text;
  around =
    call: text:
    if takesAllOf call then
      text
    else if builtins.isString text then
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
  # What is no text. Of what it is handed on as, more than this is the same: nobody has looked into it.
  others = [
    null
    true
    5
    [ ]
    { }
    [
      "a"
      { b = [ null ]; }
    ]
    {
      a.b = [ { c = 1; } ];
      d = "";
    }
    {
      type = "derivation";
      outPath = probe;
    }
    ./writers.nix
  ];
  handsOn =
    call: attribute:
    let
      given = value: (call value).drvAttrs.${attribute};
      hole = abort "dynix-slice what is in a value is looked at";
    in
    lib.all (
      value:
      given value == value
      && (!builtins.isAttrs value || lib.attrNames (given value) == lib.attrNames value)
    ) others
    && lib.attrNames (given { a = hole; }) == [ "a" ]
    && lib.length (given [ hole ]) == 1;
in
rec {
  inherit watch;

  # What is kept of a call, or null.
  keepArgs = values.keep;
  keep =
    root: pkgs: function: given:
    let
      args = values.keep given;
      callWith = isAsked: callOf pkgs function isAsked (values.restore (throw "dynix-slice: what is not kept") args);
      holedWith = isAsked: callWith isAsked (throw "dynix-slice: a text");
      isAsked = asksFirst function && !(builtins.tryEval (builtins.seq (holedWith false) true)).success;
      call = callWith isAsked;
      holed = holedWith isAsked;
      attrs = lib.mapAttrs (_: value: values.keepWhole (made value)) holed.drvAttrs;
      ofText = lib.filter (name: attrs.${name} == null) (lib.attrNames attrs);
      text = lib.head ofText;
      written = writtenBy call text;
      parts = lib.splitString probe (builtins.unsafeDiscardStringContext written);
      found = {
        inherit args isAsked;
        arguments = argumentsOf pkgs function;
        beside = besideIn pkgs function;
        inherit (keptOf given holed) names given;
        out = if holed ? out && holed.outputs or [ ] == [ "out" ] then keptOf given holed.out else null;
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
      call = callOf pkgs function kept.isAsked args;
      holed = call (abort "dynix-slice '${function}' looks at a text");
      same = was: it: lib.all (name: values.isKept it.${name} (was name)) (lib.attrNames it);
      agrees =
        text:
        let
          it = derivationOf kept text;
          is = callOf pkgs function false args text;
        in
        it.drvPath == is.drvPath && (kept.out == null || it.outPath == is.out.outPath);
      isSame = kept: holed: lib.attrNames holed == kept.names && same (name: holed.${name}) kept.given;
    in
    isOfNixpkgs root pkgs function
    && argumentsOf pkgs function == kept.arguments
    && besideIn pkgs function == kept.beside
    && (!kept.isAsked || asksFirst function)
    && isSame kept holed
    && (kept.out == null || holed.outputs == [ "out" ] && isSame kept.out holed.out)
    && lib.attrNames (removeAttrs holed.drvAttrs [ kept.text ]) == lib.attrNames kept.attrs
    && holed.drvAttrs ? ${kept.text}
    && same (name: made holed.drvAttrs.${name}) kept.attrs
    && writtenBy call kept.text == around kept probe
    && (!takesAll args || handsOn call kept.text)
    && lib.all agrees (
      [
        ""
        probe
        "#!${pkgs.runtimeShell}\n'' \${x} ${holed.drvAttrs.builder}\n\n"
        # Too long for the environment of a builder.
        (lib.concatStrings (lib.genList (_: "0123456789abcdef") 8200))
      ]
      # A builder gets anything else as JSON alone.
      ++ lib.optionals (takesAll args && holed.drvAttrs.__structuredAttrs or false) others
    );

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

  # Where a change is kept, what it gives must be the same for all that it changes.
  old =
    calls:
    if lib.any (call: (call.args.v or call.args.a) ? overrideAttrs) calls then
      abort "dynix-slice what a change of a derivation looks at"
    else
      throw "dynix-slice: what is changed";

  # The function, with what is kept of its calls.
  restore =
    function: was: calls:
    wrap function (lib.head calls).arguments was (old calls) (
      args: text: evaluated:
      let
        # Equal also in what they refer to.
        kept = values.keep args;
        fitting = lib.filter (call: call.args == kept) calls;
        call = lib.head fitting;
        short = derivationOf call text;
        attribute =
          evaluated: about: name:
          if about.given ? ${name} then
            values.restore evaluated.${name} about.given.${name}
          else if
            isFit call text
            && lib.elem name [
              "drvPath"
              "outPath"
            ]
          then
            short.${name}
          else if name == "out" && call.out != null then
            lib.genAttrs call.out.names (attribute evaluated.out call.out)
          else
            evaluated.${name};
      in
      if fitting == [ ] then evaluated else lib.genAttrs call.names (attribute evaluated call)
    );
}
