# What `dynix modules` asks of Nix. The request is a record of JSON; what it needs besides is found in the system.
{ request }:
let
  asked = builtins.fromJSON request;
  found = import ./system-of.nix asked.source;
  # One that is built by its list whatever that is good for may have none yet, or need another.
  system =
    if
      builtins.elem found.moduleListMode or "" [
        "list"
        "verify"
      ]
    then
      found.moduleListWhole
    else
      found;
  of = import ./source.nix { inherit system; };
  inherit (of) lib modulesPath;
  names = import ./names.nix { inherit lib modulesPath; };
  target = import ./target.nix {
    inherit lib;
    unit = asked.unit or null;
  };
  evaluate = import ./evaluate.nix { inherit (of) lib evalConfig modulesPath; };

  index = import ./index.nix {
    inherit lib modulesPath;
    inherit (system) options;
  };
  evaluated =
    more:
    evaluate (
      of.given
      // {
        moduleList = asked.list;
        index = null;
      }
      // more
    );
  # Of the system as it is given, which may come from more than the modules that it has.
  itself = target system.config;
  watch = import ./watch.nix { inherit lib modulesPath; };
  watched =
    baseModules: more:
    target (
      watch.view (
        of.evalConfig (
          of.given
          // {
            inherit baseModules;
            modules =
              watch.modules "the configuration" of.given.modules
              ++ [
                watch.known
                # A system in this one, such as a specialisation, is evaluated as it is.
                {
                  _module.args = {
                    baseModules = lib.mkForce of.wholeModuleList;
                    modules = lib.mkForce of.given.modules;
                  };
                }
              ]
              ++ more;
          }
        )
      )
    );
  enough = more: target (evaluated more).config;
  # Of the list when it is written to a file.
  key =
    if found ? moduleListKey then
      found.moduleListKey // { names = found.moduleListNames; }
    else
      {
        key = null;
        because = "the system is not evaluated by nixmodules/minimal/use.nix, `dynix.lib.withModuleList' in a flake";
      };
in
{
  # Evaluates the target with the whole list, and says which module reads what (./watch.nix).
  watch = {
    result = watched (watch.modules "base" of.wholeModuleList) [ ];
    inherit itself;
    list = map names.relative of.wholeModuleList;
  };

  # The same with a list: an option that no module of it declares has the value that it has with the whole list.
  watchList =
    let
      modules = map names.resolve asked.list;
      unchecked = {
        _module.check = false;
      };
      undeclared = import ./undeclared.nix {
        inherit lib index;
        inherit (of.evalConfig (of.given // { baseModules = modules ++ [ unchecked ]; })) options;
        value = loc: _: lib.getAttrFromPath loc system.config;
      };
    in
    watched (watch.modules "base" modules) [
      undeclared.module
      unchecked
    ];

  inherit itself;

  # With a list, and nothing else.
  evaluate = enough { };

  shrink =
    let
      inherit (evaluated { }) pkgs;
    in
    import ./shrink.nix { inherit lib; } {
      inherit (asked)
        list
        candidates
        failed
        most
        ;
      isEnough =
        list:
        enough {
          moduleList = list;
          inherit index;
          modules = of.given.modules ++ [
            { _module.args.pkgs = lib.mkOverride (-1000000) pkgs; }
          ];
        } == asked.wanted;
    };

  inherit index;

  # A list in a file; of another version, all that is known is which.
  written =
    let
      read = import (/. + asked.file);
      version = read.version or null;
    in
    if version == 1 then read else { inherit version; };

  inherit key;

  # The key, and once more what it is of, with all modules. ./asked-config.nix says whether that is of the environment.
  again = {
    inherit (key) key;
    itself = target (found.moduleListWhole or found).config;
  };

  # And then: why the system is evaluated without it; null: it is not.
  unused = found.moduleListUnused or null;

  # Of the text of a list (./sum.nix).
  inherit (import ./sum.nix asked.text) sum;
}
.${asked.ask}
