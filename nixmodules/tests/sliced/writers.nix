# Functions that write a text, called with what is kept of a call: they give what nixpkgs' own give, and these are
# evaluated, which ends here, where they are called with anything else. Nothing is kept of a function of another.
{
  ends,
  has,
  lib,
}:
let
  nixpkgs = builtins.getEnv "DYNIX_NIXPKGS";
  withOverlay =
    overlay:
    import nixpkgs {
      overlays = [ overlay ];
      config = { };
    };
  pkgs = withOverlay (_: _: { });
  writers = import ../../slices/writers.nix { inherit lib; };
  # As they are read again.
  kept = function: args: builtins.fromJSON (builtins.toJSON (writers.keep nixpkgs pkgs function args));
  evaluated = abort "dynix-slice the function itself";
  # With what is kept of these calls.
  restored = function: args: writers.restore function evaluated (map (kept function) args);
  functionIn = pkgs: function: lib.getAttrFromPath (lib.splitString "." function) pkgs;
  nginx = "writers.writeNginxConfig";
  # The set of packages that has it, of which nothing else is kept.
  ofNginx =
    (writers.restoreAll { writers = lib.mapAttrs (_: _: evaluated) pkgs.writers; } {
      ${nginx} = [ (kept nginx script) ];
    }).writers;
  alike = one: other: {
    same = one.drvPath == other.drvPath && one.outPath == other.outPath && "${one}" == "${other}";
    refersTo = builtins.getContext "${one}" == builtins.getContext "${other}";
  };
  isAlike = has {
    same = true;
    refersTo = true;
  };
  refers.${builtins.unsafeDiscardStringContext built.drvPath}.outputs = [ "out" ];
  # A nixpkgs whose functions do more with a text.
  other = ./writing;
  others = import ./writing/pkgs/top-level;
  newer = others // import ./writing/pkgs/build-support/asking.nix { inherit (others) writeTextFile; };
  keptNewer = writers.keep (toString other) newer "writeText" script;
  # One that a module calls by another name, as newer NixOS does with the scripts of units.
  renamed = change: write: (write "run" "text").overrideAttrs change;
  another = _: { name = "walk"; };
  restoredAs =
    changes: writers.restore "writeShellScriptBin" evaluated (
      map (change: kept "writeShellScriptBin" (script // change)) changes
    );
  keptOther = function: writers.keep (toString other) others function script;
  built = derivation {
    name = "it";
    system = "any";
    builder = "/bin/sh";
  };
  long = lib.concatStrings (lib.genList (_: "a line of many\n") 20000);
  texts = [
    ""
    "one line"
    "#! /bin/sh\n'' \${it} \\n\n\n"
    "${built} and ${./far.nix}"
    "${pkgs.writeText "other" "text"}"
    long
  ];
  script = { name = "run"; };
  bin = {
    name = "run";
    executable = true;
    destination = "/bin/run";
    checkPhase = "${pkgs.stdenv.shell} -n $out";
  };
  case = gives: found: { inherit found gives; };

  everyText = function: args: of: (
    case (has true) (
      lib.all (text: alike (of (restored function [ args ]) text) (of (functionIn pkgs function) text) == isAlike.has) texts
    )
  );
  curried = function: {
    "'${function}' of every text" = everyText function script (write: text: write "run" text);
    "'${function}' of another name" = case (ends "the function itself") (
      (restored function [ script ] "walk" "text").outPath
    );
    "'${function}' of what is no text" = case (ends "the function itself") (
      (restored function [ script ] "run" ./far.nix).outPath
    );
  };
  command = {
    name = "run";
    environment = {
      buildInputs = [ pkgs.hello ];
      nativeBuildInputs = [ pkgs.openssl ];
      flags = [ "-a" "${built}" ];
      count = 3;
      isOn = true;
      nothing = null;
    };
  };
  run = change: (restored "runCommand" [ command ] "run" (command.environment // change) "text").outPath;
  file = change: (restored "writeTextFile" [ script bin ] (bin // { text = "text"; } // change)).outPath;
  notKept = overlay: function: case (has null) (
    writers.keep nixpkgs (withOverlay overlay) function (if function == "writeTextFile" then bin else script)
  );
  # What was kept is changed: it holds no more.
  changed = change: case (has false) (
    writers.holds nixpkgs pkgs "writeScript" (kept "writeScript" script // change (kept "writeScript" script))
  );
in
import ./formats.nix {
  inherit
    alike
    case
    ends
    has
    isAlike
    lib
    ;
}
// import ./commands.nix {
  inherit
    alike
    built
    case
    ends
    has
    isAlike
    kept
    lib
    nixpkgs
    other
    others
    pkgs
    restored
    texts
    writers
    ;
}
// lib.foldl' (all: function: all // curried function) { } [
  "writeScript"
  "writeScriptBin"
  "writeShellScript"
  "writeShellScriptBin"
  "writeText"
  nginx
]
// {
  "in its set, of every text" = case (has true) (
    lib.all (
      text:
      alike (ofNginx.writeNginxConfig "run" text) (pkgs.writers.writeNginxConfig "run" text) == isAlike.has
    ) texts
  );
  "'writeTextFile' of every text" = everyText "writeTextFile" bin (
    write: text: write (bin // { inherit text; })
  );
  "'writeTextFile' of another call" = everyText "writeTextFile" script (
    write: text: write (script // { inherit text; })
  );
}
// lib.mapAttrs' (
  function: _:
  lib.nameValuePair "'${function}' of every text" (
    everyText function command (write: text: write command.name command.environment text)
  )
) { inherit (pkgs) runCommand runCommandLocal; }
// {
  "'runCommand' of another name" = case (ends "the function itself") (
    (restored "runCommand" [ command ] "walk" command.environment "text").outPath
  );
  "another environment" = case (ends "the function itself") (run { count = 4; });
  "a variable more" = case (ends "the function itself") (run { more = ""; });
  "another package" = case (ends "the function itself") (run { buildInputs = [ pkgs.bash ]; });
  "the same package with another output" = case (ends "the function itself") (
    run { buildInputs = [ (pkgs.hello // { dev = pkgs.bash; }) ]; }
  );
  # Only that is looked at of what it says.
  "the same package with another description" = case (has true) (
    run { buildInputs = [ (pkgs.hello // { meta = pkgs.hello.meta // { description = ""; }; }) ]; } == run { }
  );
  "what is not kept of an environment" = case (has null) (
    writers.keep nixpkgs pkgs "runCommand" (lib.recursiveUpdate command { environment.source = ./far.nix; })
  );
  "where the environment of a command stands" =
    let
      placing = others // import ./writing/pkgs/build-support/placing.nix { runCommandNoCC = others.runCommand; };
      command = {
        name = "run";
        environment.buildInputs = [ ];
      };
    in
    case (ends "the function itself") (
      (writers.restore "runCommand" evaluated [
        (writers.keep (toString other) placing "runCommand" command)
      ] "run" command.environment "text").meta.position
    );
  "a function that looks at more of a package" = case (has null) (
    writers.keep (toString other) others "runCommand" command
  );
  "of two calls, that with the same arguments" = case (has true) (
    file { } == (pkgs.writeTextFile (bin // { text = "text"; })).outPath
  );
  "another argument" = case (ends "the function itself") (file { executable = false; });
  "an argument more" = case (ends "the function itself") (
    (restored "writeTextFile" [ script ] (script // {
      text = "text";
      executable = false;
    })).outPath
  );
  "an argument less" = case (ends "the function itself") (
    (restored "writeTextFile" [ bin ] (removeAttrs bin [ "checkPhase" ] // { text = "text"; })).outPath
  );
  "an argument that refers to less" = case (ends "the function itself") (
    file { checkPhase = builtins.unsafeDiscardStringContext bin.checkPhase; }
  );
  "an argument that refers to more" = case (ends "the function itself") (
    file {
      checkPhase = builtins.appendContext bin.checkPhase refers;
    }
  );
  "an argument that refers to something" = case (ends "the function itself") (
    (restored "writeTextFile" [ (bin // { checkPhase = "true"; }) ] (bin // {
      text = "text";
      checkPhase = builtins.appendContext "true" refers;
    })).outPath
  );
  "an argument that is a path" = case (ends "the function itself") (file { checkPhase = ./far.nix; });
  "which arguments it has" = case (has true) (
    builtins.functionArgs (restored "writeTextFile" [ bin ]) == builtins.functionArgs pkgs.writeTextFile
  );
  "what was not kept of what it gives" = case (ends "the function itself") (
    (restored "writeText" [ script ] "run" "text").text
  );
  "what it gives has the same attributes" = case (has true) (
    lib.attrNames (restored "writeText" [ script ] "run" "text")
    == lib.attrNames (pkgs.writeText "run" "text")
  );

  "a function that an overlay changes" = notKept (final: prev: {
    writeShellScript = name: text: prev.writeShellScript name "# ours\n${text}";
  }) "writeShellScript";
  "one that an overlay changes for some texts" = notKept (final: prev: {
    writeText =
      name: text: prev.writeText name (if builtins.isString text && text == "secret" then "" else text);
  }) "writeText";
  "one of a set that an overlay changes" = notKept (final: prev: {
    writers = prev.writers // {
      writeNginxConfig = name: text: prev.writers.writeNginxConfig name (if text == "secret" then "" else text);
    };
  }) nginx;
  "a set that an overlay changes" = notKept (final: prev: {
    writers = prev.writers.override { pkgs = prev; };
  }) nginx;
  "one that calls what an overlay changes" = notKept (final: prev: {
    runCommandLocal =
      name: environment: prev.runCommandLocal name (
        environment
        // {
          text = if (builtins.tryEval (environment.text == "secret")).value then "" else environment.text;
        }
      );
  }) nginx;
  "which others there are in its set" = case (has true) (
    lib.attrNames ofNginx == lib.attrNames pkgs.writers
  );
  "another one of its set" = case (ends "the function itself") (
    (ofNginx.writeBash "run" "text").outPath
  );
  "what was kept of one in a set, as it is" = case (has true) (
    writers.holds nixpkgs pkgs nginx (kept nginx script)
  );
  "what was kept, with another one beside it" = case (has false) (
    writers.holds nixpkgs (pkgs // { writers = pkgs.writers // { more = null; }; }) nginx (kept nginx script)
  );
  "a stdenv that an overlay changes" = notKept (final: prev: {
    stdenv = prev.stdenv // { };
  }) "writeText";
  "a stdenv without compiler that an overlay changes" = notKept (final: prev: {
    stdenvNoCC = prev.stdenvNoCC // {
      mkDerivation =
        args: prev.stdenvNoCC.mkDerivation (args // { text = if args.text == "secret" then "" else args.text; });
    };
  }) "writeTextFile";
  "a function of a package set in another place" = case (has null) (
    writers.keep "/nowhere" pkgs "writeText" script
  );
  "a stdenv that the configuration of nixpkgs replaces" = case (has null) (
    writers.keep nixpkgs (pkgs // { config = pkgs.config // { replaceStdenv = { pkgs }: pkgs.stdenv; }; })
      "writeText"
      script
  );
  "a function that writes a text" = case (has "text") (keptOther "writeText").text;
  "one that asks whether it is a text" = case isAlike (
    alike (writers.restore "writeText" evaluated [ keptNewer ] "run" "text") (newer.writeText "run" "text")
  );
  "the same, as it is" = case (has true) (writers.holds (toString other) newer "writeText" keptNewer);
  "one that asks more" =
    let
      choosing = others // import ./writing/pkgs/build-support/choosing.nix { inherit (others) writeTextFile; };
    in
    case (has false) (
      writers.holds (toString other) choosing "writeText" (writers.keep (toString other) choosing "writeText" script)
    );
  "another name by overrideAttrs" = case (has true) (
    let
      short = renamed another (restoredAs [ { } { overrideAttrs = another null; } ]);
      is = renamed another pkgs.writeShellScriptBin;
    in
    lib.all (of: alike (of short) (of is) == isAlike.has) [ (it: it) (it: it.out) ]
    && short.name == "walk" && short.out.outputName == "out"
    && lib.attrNames short.meta == lib.attrNames is.meta && short.meta.outputsToInstall == [ "out" ]
  );
  "the same, as it was kept" = case (has true) (
    writers.holds nixpkgs pkgs "writeShellScriptBin" (
      kept "writeShellScriptBin" (script // { overrideAttrs = another null; })
    )
  );
  "another name that was not kept" = case (ends "the function itself") (
    (renamed another (restoredAs [ { } ])).outPath
  );
  "where another name stands" = case (ends "the function itself") (
    (renamed another (restoredAs [ { } { overrideAttrs = another null; } ])).meta.position
  );
  "another name that stands nowhere" = case (ends "the function itself") (
    (renamed (_: builtins.fromJSON ''{ "name": "walk" }'') (restoredAs [ { } { overrideAttrs = another null; } ])).outPath
  );
  "a name that is made of what there was" = case (ends "what a change of a derivation looks at") (
    (renamed (old: { name = "${old.name}-more"; }) (restoredAs [ { } { overrideAttrs = another null; } ])).outPath
  );
  "such a name is not kept" = case (has null) (
    writers.keep nixpkgs pkgs "writeShellScriptBin" (
      script // { overrideAttrs = throw "what there was"; }
    )
  );
  "one of which more depends on the text" = case (has null) (keptOther "writeScript");
  "the same, if it were kept" = case (ends "'writeScript' looks at a text") (
    writers.holds (toString other) others "writeScript" (
      keptOther "writeText"
      // {
        names = lib.attrNames (others.writeScript "run" "text");
        attrs = (keptOther "writeText").attrs // { umask.v = "022"; };
      }
    )
  );
  # Of Nix, which finds no text there.
  "one that looks into the text" = case { fails = true; } (
    writers.holds (toString other) others "writeScriptBin" (keptOther "writeText")
  );
  "one that writes it twice" = case (has null) (keptOther "writeShellScript");
  # What it is made of is kept as it is: it is the same derivation of the same text.
  "a shell that an overlay changes" =
    let
      ours = withOverlay (final: prev: { runtimeShell = "/bin/ours"; });
    in
    case (has true) (
      (writers.restore "writeShellScript" evaluated [
        (writers.keep nixpkgs ours "writeShellScript" script)
      ] "run" "text").drvPath == (ours.writeShellScript "run" "text").drvPath
    );

  "what was kept, as it is" = case (has true) (
    writers.holds nixpkgs pkgs "writeScript" (kept "writeScript" script)
  );
  "what was kept, with another attribute" = changed (it: {
    attrs = it.attrs // { more.v = ""; };
  });
  "what was kept, without one" = changed (it: { attrs = removeAttrs it.attrs [ "passAsFile" ]; });
  "what was kept, with another value" = changed (it: {
    attrs = it.attrs // { executable.v = false; };
  });
  "what was kept, with more before the text" = changed (_: { before = " "; });
  "what was kept, with another name" = changed (_: { args.v.name = "walk"; });
  "what was kept, that refers to more" = changed (_: { context = refers; });
}
