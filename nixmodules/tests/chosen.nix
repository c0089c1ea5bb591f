# Plans of what was chosen of a dynamic file, and the unit that applies what a boot or a switch takes back.
let
  plans = import ./plans.nix;
  inherit (plans) planWith;
  systemOf = plans.systemWithBar;
  bar = systemOf { };
  whole = ./dynamic/bar-many-threads.nix;
  chosen = ./dynamic/bar-threads.nix;
  planOf = more: planWith ({ dynamicFile = whole; } // more) bar chosen;
in
{
  "what was chosen is evaluated, and the plan names both files" =
    let
      plan = planOf { };
    in
    {
      found = {
        inherit (plan) dynamicFile chosenFile configuration;
        sameUnits = plan.services == (planWith { } bar chosen).services;
      };
      wanted = {
        dynamicFile = toString whole;
        chosenFile = toString chosen;
        configuration = builtins.readFile chosen;
        sameUnits = true;
      };
    };
  "the fingerprint is that of what was chosen" = {
    found = (planOf { hideValues = true; }).fingerprint;
    wanted = import ../dynamicism/fingerprint.nix (builtins.readFile chosen);
  };
  "of the whole file the plan names no other" = {
    found = planWith { } bar whole ? chosenFile;
    wanted = false;
  };
  "the file that the configuration imports is known by its own name" =
    let
      file = ./dynamic/bar-sets-converted.nix;
      part = ./dynamic/chosen-bar-sets-converted.nix; # the same text
      system = plans.systemOf {
        imports = [
          ./priorities/bar.nix
          file
        ];
      };
      isImported = more: (planWith more system part).imported;
    in
    {
      found = {
        named = isImported { dynamicFile = file; };
        unnamed = isImported { };
      };
      wanted = {
        named = true;
        unnamed = false;
      };
    };
  "nothing is applied again by itself" = {
    found = bar.config.systemd.services ? dynix-reapply;
    wanted = false;
  };
  "the unit that applies again waits for the boot, and nobody waits for it" =
    let
      inherit ((systemOf { dynamicism.applyAtBoot = true; }).config.systemd.services) dynix-reapply;
    in
    {
      found = {
        inherit (dynix-reapply) after restartIfChanged wantedBy;
        inherit (dynix-reapply.serviceConfig) Type;
        inherit (dynix-reapply.unitConfig) PartOf;
        inherit (dynix-reapply.environment) HOME;
      };
      wanted = {
        after = [
          "multi-user.target"
          "dynix-due.service"
        ];
        wantedBy = [ "multi-user.target" ];
        restartIfChanged = false;
        Type = "exec";
        PartOf = [ "sysinit-reactivation.target" ];
        HOME = "/root";
      };
    };
}
