# A system with one changeable service, in the shape of an evaluated NixOS configuration but without nixpkgs:
# enough for dynix and for the machine's `nixos-rebuild`, and evaluated in no time.
let
  # Whether the system has dynix in it.
  dynix = true;

  # What a dynamic file asks of lib.
  lib = {
    mkMerge = contents: {
      _type = "merge";
      inherit contents;
    };
    mkOverride = priority: content: {
      _type = "override";
      inherit priority content;
    };
  };
  static = {
    jobs = 12;
    level = "warning";
    note = "static";
    quota = 1;
  };

  # Entries in the order of the file: a later one has the stronger priority.
  overridesOf =
    file:
    let
      entries = (import file { inherit lib; }).config.contents;
      worker = entry: builtins.mapAttrs (_: override: override.content) entry.services.worker;
    in
    builtins.foldl' (all: entry: all // worker entry) { } entries;

  unitText = options: ''
    [Unit]
    Description=A worker that shows its arguments

    [Service]
    ExecStart=/usr/local/bin/worker --jobs ${toString options.jobs} --level ${options.level}
    Environment="NOTE=${options.note}"
  '';
  # A unit that no plan has, though an option of the worker is in it.
  counterLine = options: "ExecStart=/usr/bin/sleep ${toString options.quota}";
  revertText = ''
    [Unit]
    Before=sysinit-reactivation.target
    Description=Return from the dynamic configuration to the static one

    [Service]
    ExecStart=/usr/bin/dynix reset --switching
    Type=oneshot
    X-RestartIfChanged=false
  '';
  shell =
    name: variables: script:
    derivation (
      variables
      // {
        inherit name;
        system = builtins.currentSystem;
        builder = "/bin/sh";
        args = [
          "-c"
          "PATH=/usr/bin; ${script}"
        ];
      }
    );
  unit = name: text: wantedBy: {
    inherit text wantedBy;
    requiredBy = [ ];
    unit = shell "unit-${name}" { inherit text; } ''mkdir $out && printf %s "$text" > $out/${name}'';
  };
  units = {
    "worker.service" = unit "worker.service" (unitText static) [ "multi-user.target" ];
  }
  // (
    if dynix then
      {
        "dynix-revert.service" = unit "dynix-revert.service" revertText [ "sysinit-reactivation.target" ];
      }
    else
      { }
  );

  planOf =
    file: dynamicFile: verify: hideValues: certificate:
    let
      overrides = overridesOf file;
      text = builtins.readFile file;
      proved = if certificate == "" then [ ] else (builtins.fromJSON certificate).proved;
      isProved = verify == "quick" && certificate != "" && builtins.all (name: builtins.elem "services.worker.${name}" proved) (
        builtins.attrNames overrides
      );
      counter = {
        static = counterLine static;
        dynamic = counterLine (static // overrides);
      };
    in
    (if hideValues then { fingerprint = import /usr/local/share/machine/fingerprint.nix text; } else { })
    // (if toString file == toString dynamicFile then { } else { chosenFile = toString file; })
    // {
      version = 1;
      inherit verify;
      dynamicFile = toString dynamicFile;
      configuration = if hideValues then "" else text;
      services = [
        {
          name = "worker";
          options = map (name: "services.worker.${name}") (builtins.attrNames static);
          settleSeconds = 1;
          units = [
            {
              name = "worker.service";
              action = "restart";
              static = unitText static;
              dynamic = unitText (static // overrides);
            }
          ];
        }
      ];
      overrides = map (name: {
        option = "services.worker.${name}";
        static = static.${name};
        dynamic = if hideValues then null else overrides.${name};
      }) (builtins.attrNames overrides);
      problems = [ ];
      warnings = [ ];
      proof =
        if verify == "full" then
          "full"
        else if isProved then
          "every-value"
        else
          "compared";
      leaks =
        if isProved || counter.static == counter.dynamic then
          [ ]
        else
          [
            (
              counter
              // {
                kind = "unit";
                name = "counter.service";
              }
            )
          ];
    };

  ofDynix = {
    dynamicism = {
      for.worker = {
        enable = true;
        units = [ "worker.service" ];
      };
      # As nixmodules/certificate answers for this system: the quota is in the counter's unit.
      certificate =
        let
          quota = "services.worker.quota";
        in
        {
          screen = builtins.trace "dynix-subject [\"unit\",\"counter.service\"]" (
            builtins.trace "dynix-canary ${quota}" (
              map (name: "services.worker.${name}") (builtins.attrNames static)
            )
          );
          proveReaders =
            { options, ... }:
            if builtins.elem quota options then
              abort "dynix-canary ${quota}"
            else
              builtins.trace "dynix-subject [\"system\",\"toplevel\"]" { made = "worker"; };
          proveWhole =
            { options, ... }:
            if builtins.elem quota options then
              abort "dynix-canary ${quota}"
            else
              builtins.trace "dynix-subject [\"system\",\"toplevel\"]" {
                toplevel = builtins.unsafeDiscardStringContext (
                  (import /usr/local/share/machine/static-system.nix { config = whole; }).outPath
                );
                made = "worker";
                warnings = [ ];
                assertions = 0;
              };
        };
      applyDynamicConfiguration =
        {
          configuration ? /etc/nixos/dynamic.nix,
          dynamicFile ? configuration,
          verify ? "quick",
          hideValues ? true,
          certificate ? "",
          ...
        }:
        shell "dynix-activation" { plan = builtins.toJSON (planOf configuration dynamicFile verify hideValues certificate); } ''
          mkdir -p $out/bin
          printf %s "$plan" > $out/plan.json
          printf '#!/bin/sh\nexec /usr/bin/dynix activate "$@" %s/plan.json\n' $out > $out/bin/activate
          chmod +x $out/bin/activate
        '';
    };
    environment.etc."dynix/system.json".source = shell "system.json" {
      text = builtins.toJSON {
        version = 1;
        dynamicFile = "/etc/nixos/dynamic.nix";
        source = {
          kind = "file";
          file = "/etc/nixos/system.nix";
          attribute = [ ];
        };
        roots = [ "/usr/local/share/machine" ];
        units."worker.service" = "${units."worker.service".unit}/worker.service";
      };
    } ''printf %s "$text" > $out'';
  };
  whole = {
    systemd.units = units;
    systemd.services = { };
    users.users = { };
    environment.etc = { };
  }
  // (if dynix then ofDynix else { });
in
{
  config = whole;
}
