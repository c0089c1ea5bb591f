# Runtime modules of a system that is a flake: evaluated from it by flakeUrl, and no input of it is updated.
import json

FLAKE = """{
  inputs.tickers = { url = "path:/srv/tickers"; flake = false; };
  outputs = inputs: { nixosConfigurations.machine = import ./system.nix; tickers = inputs.tickers; };
}
"""


def text_of_lock():
    return machine.succeed("cat /etc/nixos/flake.lock")


start_all()
machine.wait_for_unit("worker.service")

with subtest("fault 9: the system becomes one of a flake, by an attribute that is not its host name"):
    machine.succeed("mkdir /srv/tickers", "mv /etc/nixos/modules/ticker.nix /srv/tickers/")
    machine.succeed(f"printf %s '{FLAKE}' > /etc/nixos/flake.nix")
    machine.succeed(
        "sed -i -e 's|# settings|flakeUrl = \"/etc/nixos#machine\";|' "
        "-e 's|path = ./modules/ticker.nix|path = (builtins.getFlake (toString ./.)).tickers + \"/ticker.nix\"|' "
        "/etc/nixos/base.nix"
    )
    machine.succeed("nix --extra-experimental-features 'nix-command flakes' flake lock /etc/nixos")
    machine.succeed("nixos-rebuild switch --flake /etc/nixos#machine")
    t.assertEqual(
        json.loads(machine.succeed("cat /etc/dynix/modules.json"))["source"],
        {"kind": "flake", "flake": "/etc/nixos", "attribute": ["nixosConfigurations", "machine"]},
    )
    lock = text_of_lock()

with subtest("enable and diff evaluate the flake"):
    runtime_module(0, "diff clock", "+ ticker.service (start)")
    runtime_module(0, "enable clock", "enabled: ticker, clock")
    t.assertEqual(arguments_of("ticker.service")[0][-1], "1000001")
    t.assertEqual(text_of_lock(), lock)

with subtest("an input that has moved on stays as it is locked"):
    machine.succeed("sed -i s/1000001/1000009/ /srv/tickers/ticker.nix")
    runtime_module(0, "rebuild", "enabled: ticker, clock")
    t.assertEqual(arguments_of("ticker.service")[0][-1], "1000001")
    t.assertEqual(text_of_lock(), lock)

with subtest("a flake that has become another base is refused"):
    machine.succeed("sed -i 's/default = 12;/default = 10;/' /etc/nixos/base.nix")
    runtime_module(1, "enable tools", "the configuration on disk is not the one that runs")
    t.assertEqual(enabled_modules(), ["ticker", "clock"])
    runtime_module(0, "reset")
    t.assertEqual(enabled_modules(), [])
