# What a plan rests on where there is a certificate: the proof for every value, or a comparison.
let
  plans = import ./plans.nix;
  inherit (plans) planWith;
  systemOf = plans.systemWithBar;
  bar = systemOf { };
  numberOf = system: builtins.length system.config.assertions;
  # Of a system, with these options proved.
  certificateOf = system: proved: {
    inherit proved;
    warnings = [ ];
    assertions = numberOf system;
  };
  threads = [ "services.bar.threads" ];
  planBy =
    certificate: more: system: file:
    planWith ({ certificate = builtins.toJSON certificate; } // more) system file;
  proofOf =
    change: system: file:
    (planBy (certificateOf system threads // change) { } system file).proof;
  withoutProof =
    plan:
    removeAttrs plan [
      "proof"
      "bystanders"
    ];
in
{
  "an override of a proved option" = {
    found = proofOf { } bar ./dynamic/bar-threads.nix;
    wanted = "every-value";
  };
  "no file" = {
    found = proofOf { } bar "/nowhere/dynamic.nix";
    wanted = "every-value";
  };
  "a certificate of nothing says nothing of what runs" = {
    found = (planBy (certificateOf bar [ ]) { } bar "/nowhere/dynamic.nix").proof;
    wanted = "compared";
  };
  # NixOS's own text of such a unit is a drop-in beside it.
  "the unit that runs is of a package" = {
    found =
      map (unit: unit.static)
        (builtins.head
          (planBy (certificateOf bar threads) {
            running = toString ./proofs/package-unit;
          } bar ./dynamic/bar-threads.nix).services
        ).units;
    wanted = [ "[Service]\nExecStart=/bin/bar\n" ];
  };
  "without a certificate" = {
    found = map (verify: (planWith { inherit verify; } bar ./dynamic/bar-threads.nix).proof) [
      "quick"
      "full"
    ];
    wanted = [
      "compared"
      "full"
    ];
  };
  "a complete comparison is made all the same" = {
    found =
      (planBy (certificateOf bar threads) { verify = "full"; } bar ./dynamic/bar-threads.nix).proof;
    wanted = "full";
  };
  "the plan is the same but for what it rests on" = {
    found =
      withoutProof (planBy (certificateOf bar threads) { } bar ./dynamic/bar-threads.nix)
      == withoutProof (planWith { } bar ./dynamic/bar-threads.nix);
    wanted = true;
  };
  "nothing else is evaluated" =
    let
      poisoned = systemOf {
        environment.etc.poisoned.enable = throw "evaluated";
      };
    in
    {
      found = (planBy (certificateOf poisoned threads) { } poisoned ./dynamic/bar-threads.nix).leaks;
      wanted = [ ];
    };
  "the hash that is known of the other parts is kept" = {
    found =
      (planBy (certificateOf bar threads) { knownBystanders = "a hash"; } bar ./dynamic/bar-threads.nix)
      .bystanders;
    wanted = "a hash";
  };
  "another option than the proved ones" = {
    found = [
      (proofOf { } bar ./dynamic/bar-limit.nix)
      (proofOf { } bar ./dynamic/bar-limit-threads.nix)
      (proofOf { proved = [ "services.bar.thread" ]; } bar ./dynamic/bar-threads.nix)
      (proofOf { proved = [ ]; } bar ./dynamic/bar-threads.nix)
    ];
    wanted = [
      "compared"
      "compared"
      "compared"
      "compared"
    ];
  };
  "a part of a proved option" = {
    found = proofOf { proved = [ "services.bar.pool" ]; } bar ./dynamic/bar-pool.nix;
    wanted = "every-value";
  };
  "more than definitions of the proved options" = {
    found = map (name: proofOf { } bar (./dynamic + "/bar-${name}.nix")) [
      "imports"
      "options"
      "bare"
      "group"
      "around"
      "if"
      "none"
    ];
    wanted = [
      "compared"
      "compared"
      "compared"
      "compared"
      "compared"
      "every-value"
      "every-value"
    ];
  };
  # Their values, and which there are.
  "what it makes of arguments that it does not name" = {
    found =
      map
        (name: {
          inherit (planBy (certificateOf bar threads) { } bar (./dynamic + "/bar-${name}.nix")) proof problems;
        })
        [
          "arguments"
          "given"
        ];
    wanted = [
      {
        proof = "compared";
        problems = [ ];
      }
      {
        proof = "compared";
        problems = [ ];
      }
    ];
  };
  # The proof had them as they are without overrides: whoever reads them might tell.
  "other warnings or another number of assertions" =
    let
      warns = systemOf (
        { config, ... }:
        {
          warnings = if config.services.bar.threads > 6 then [ "many" ] else [ ];
        }
      );
    in
    {
      found = [
        (proofOf { } warns ./dynamic/bar-threads.nix)
        (proofOf { assertions = 1; } bar ./dynamic/bar-threads.nix)
      ];
      wanted = [
        "compared"
        "compared"
      ];
    };
  "what no assertion and no warning looks at is not evaluated for them" =
    let
      poisoned = systemOf {
        assertions = [
          {
            assertion = throw "evaluated";
            message = "";
          }
        ];
        warnings = throw "evaluated";
      };
      unchecked = {
        unchecked = threads;
        proved = threads;
        warnings = [ "old" ];
        assertions = 3;
      };
    in
    {
      found = {
        inherit (planBy unchecked { } poisoned ./dynamic/bar-threads.nix) proof problems warnings;
        another = (planBy (unchecked // { proved = [ ]; }) { } bar ./dynamic/bar-threads.nix).proof;
      };
      wanted = {
        proof = "every-value";
        problems = [ ];
        warnings = [ ];
        another = "compared";
      };
    };
  "an assertion that does not hold any more" =
    let
      system = systemOf ./leaks/own-module.nix;
      plan = planBy (certificateOf system threads) { } system ./dynamic/bar-many-threads.nix;
    in
    {
      found = plan.problems;
      wanted = [ "failed assertion: bar has fewer than a hundred threads" ];
    };
  "the unit that certifies, after every switch and boot" =
    let
      inherit (bar.config.systemd.services) dynix-certify;
    in
    {
      found = {
        inherit (dynix-certify) restartIfChanged wantedBy;
        inherit (dynix-certify.unitConfig) PartOf;
        inherit (dynix-certify.serviceConfig)
          CPUSchedulingPolicy
          MemoryMax
          SuccessExitStatus
          Type
          ;
        ofFlake = (systemOf { dynamicism.source.flake = "/etc/nixos"; }).config.systemd.services ? dynix-certify;
        switchedOff = (systemOf { dynamicism.certify.enable = false; }).config.systemd.services ? dynix-certify;
      };
      wanted = {
        restartIfChanged = false;
        wantedBy = [
          "multi-user.target"
          "sysinit-reactivation.target"
        ];
        PartOf = [ "sysinit-reactivation.target" ];
        CPUSchedulingPolicy = "idle";
        MemoryMax = "50%";
        SuccessExitStatus = 1;
        Type = "exec";
        ofFlake = true;
        switchedOff = false;
      };
    };
}
