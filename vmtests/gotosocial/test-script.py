# An override reaches a service that keeps its state in PostgreSQL, which does not restart, and a switch takes it back.
#
# What GoToSocial runs with is the file that its arguments name, and the name that PostgreSQL knows its
# connections by.
import re


def configured_name():
    commands = [words for words in arguments_of("gotosocial.service") if "--config-path" in words]
    assert len(commands) == 1, f"not one process of GoToSocial: {commands}"
    text = machine.succeed("cat " + value_after(commands[0], "--config-path"))
    # YAML, where quotes are the writer's choice.
    return re.search(r"\"?application-name\"?: *[\"']?([^\"',\n]*)", text).group(1)


def expect_in_database(name):
    """The connections have this name and no other. One of a process that has ended is there until PostgreSQL notices."""
    query = "select distinct application_name from pg_stat_activity where usename = 'gotosocial'"
    asked = f'cd / && runuser -u postgres -- psql -tAc "{query}"'
    machine.wait_until_succeeds(f"test \"$({asked})\" = '{name}'", timeout=PATIENCE)


def expect(name):
    machine.wait_for_unit("gotosocial.service")
    machine.wait_for_open_port(8080)
    t.assertEqual(configured_name(), name)
    expect_in_database(name)


start_all()
machine.wait_for_unit("multi-user.target")

with subtest("the static configuration is in effect"):
    expect("gotosocial-for-machine")
    others = running_services(but="gotosocial.service")
    assert any(unit.startswith("postgresql") for unit in others), f"PostgreSQL does not run: {others}"

with subtest("append application-name = yay!: nothing runs differently yet"):
    machine.succeed("dynix append services.gotosocial.settings.application-name 'yay!'")
    expect("gotosocial-for-machine")

with subtest("apply: the running GoToSocial has it, and its database was not restarted"):
    machine.succeed("dynix apply")
    expect("yay!")
    expect_untouched(others)
    machine.succeed("dynix status")

with subtest("nixos-rebuild switch: back to static"):
    machine.succeed("nixos-rebuild switch 2>&1")
    expect("gotosocial-for-machine")
    expect_untouched(others)
    machine.fail("dynix status")
