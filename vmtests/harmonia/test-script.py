# Overrides reach a service that its socket starts, also one that moves the socket, and a switch takes them back.
#
# What Harmonia runs with is the file that its process was told of in its environment; its priority it tells
# itself.
import tomllib

settings = "services.harmonia.cache.settings"


def live_settings():
    return tomllib.loads(machine.succeed("cat " + variable_of("harmonia.service", "CONFIG_FILE")))


def expect(port=5000, **wanted):
    """Asks Harmonia something, which starts it where it does not run yet, and looks at its settings."""
    info = machine.succeed(f"curl --silent --show-error --fail http://127.0.0.1:{port}/nix-cache-info")
    machine.wait_for_unit("harmonia.service")
    live = live_settings()
    machine.log(f"live: {live}")
    t.assertEqual({name: live[name] for name in wanted}, wanted)
    assert f"Priority: {live['priority']}\n" in info, f"it answers with another priority: {info}"


static = {"workers": 4, "max_connection_rate": 256, "priority": 50}

start_all()
machine.wait_for_unit("multi-user.target")
machine.wait_for_unit("harmonia.socket")

with subtest("the static configuration is in effect"):
    expect(**static)
    others = running_services(but="harmonia.service")
    assert others, "no other service runs, so nothing can show that others stay alone"

with subtest("append workers = 20 and apply: the running Harmonia has it, and everything else is as before"):
    machine.succeed(f"dynix append {settings}.workers 20")
    expect(**static)
    machine.succeed("dynix apply")
    expect(**{**static, "workers": 20})
    expect_untouched(others)
    machine.succeed("dynix status")

with subtest("append max_connection_rate = 100 and apply: both overrides are live"):
    machine.succeed(f"dynix append {settings}.max_connection_rate 100")
    machine.succeed("dynix apply")
    expect(**{**static, "workers": 20, "max_connection_rate": 100})
    expect_untouched(others)

with subtest("append another address and apply: the socket moves"):
    machine.succeed(f"dynix append {settings}.bind 127.0.0.1:5001")
    machine.succeed("dynix apply")
    expect(5001, **{**static, "workers": 20, "max_connection_rate": 100})
    machine.wait_for_closed_port(5000)
    expect_untouched(others)

with subtest("nixos-rebuild switch: everything is back to static"):
    machine.succeed("nixos-rebuild switch 2>&1")
    expect(**static)
    machine.wait_for_closed_port(5001)
    machine.fail("dynix status")

with subtest("a service that has not been started yet starts with the overrides"):
    machine.succeed("systemctl stop harmonia.service")
    machine.succeed("dynix apply")
    expect(5001, **{**static, "workers": 20, "max_connection_rate": 100})
    machine.succeed("dynix reset")
    expect(**static)
