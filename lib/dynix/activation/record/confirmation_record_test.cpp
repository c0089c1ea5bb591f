// The record of what waits to be confirmed, where it cannot be read or other files of it are gone.
#include "dynix/activation/fakes/fake_confirmation.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <functional>
#include <unistd.h>

using namespace dynix;
using namespace dynix::activation;

TEST_CASE("an id that is none is refused: it becomes part of names of files and units") {
    confirmation what;
    for (std::string const id : {"", "../../etc/passwd", "0123456789ABCDEF"}) {
        what.id = id;
        CHECK_FALSE(parse_confirmation(print_confirmation(what), "confirmation.json"));
    }
    what.id = "0123456789abcdef";
    CHECK(parse_confirmation(print_confirmation(what), "confirmation.json"));
}

TEST_CASE("a record that cannot be read says what to do, and a reset puts it out of the way") {
    using make = std::function<void(confirmed_machine&)>;
    auto const spoiled = [](std::string const& text) {
        return
            [text](confirmed_machine& m) { REQUIRE(m.plain.write(m.where.confirmation(), text)); };
    };
    struct {
        char const* name;
        make spoil;
        char const* said;
    } const shapes[] = {
        {"newer", spoiled(R"({"version": 2, "phase": "confirmed"})"), "has version 2, expected 1"},
        {"empty", spoiled(""), "confirmation.json:1:1: not valid JSON: incomplete JSON"},
        {"another", spoiled("{}"), "member 'version' is missing"},
        {"folder",
         [](confirmed_machine& m) {
             std::filesystem::remove(m.where.confirmation());
             std::filesystem::create_directories(m.where.confirmation() + "/full/of");
         },
         "is a directory"},
    };
    for (auto const& shape : shapes) {
        CAPTURE(shape.name);
        confirmed_machine m(before_confirmed::nothing_applied);
        REQUIRE(m.apply_to_confirm().result == apply_result::done);
        shape.spoil(m);
        // Else the copy says all.
        std::filesystem::remove(m.where.confirmation_now());
        auto const refused = m.apply();
        REQUIRE(refused.errors.size() == 1);
        CHECK(one_line(refused.errors[0]).find(shape.said) != std::string::npos);
        // Whether it waits is not known.
        CHECK(refused.errors[0].hint.find("may wait to be confirmed") != std::string::npos);
        CHECK(refused.errors[0].hint.find("'dynix reset'") != std::string::npos);

        reset_ends_confirmation with("reset by bob", m.undo(), m.seen);
        auto const reset = m.reset({.with = &with});
        CHECK(reset.result == apply_result::done);
        REQUIRE(reset.warnings.size() == 1);
        CHECK(reset.warnings[0].starts_with(
            fmt::format("'{}' cannot be read", m.where.confirmation())));
        CHECK(reset.warnings[0].find(shape.said) != std::string::npos);
        CHECK(std::filesystem::exists(m.where.confirmation() + ".damaged"));
        CHECK_FALSE(m.recorded());
        m.check_as_first();
        CHECK(m.apply().result == apply_result::done);
    }
}

TEST_CASE("without the record of what was before, the same boot is no reboot: back to static") {
    for (bool const state_too : {false, true}) {
        CAPTURE(state_too);
        confirmed_machine m(before_confirmed::older_applied);
        REQUIRE(m.apply_to_confirm().result == apply_result::done);
        REQUIRE(m.plain.remove(m.where.before(m.recorded()->id)));
        if (state_too)
            REQUIRE(m.plain.remove(m.where.state()));
        CHECK_FALSE(m.back({.only_when_due = true}).what); // it has time yet
        CHECK(said(m.apply()).find("wait to be confirmed, for 2min more") != std::string::npos);
        m.time.time += two_minutes;
        auto const done = m.back({.only_when_due = true});
        REQUIRE(done.what);
        CHECK(done.went.result == apply_result::failed_left);
        REQUIRE_FALSE(done.went.left.empty());
        CHECK(
            done.went.left[0] ==
            fmt::format(
                "{}: '{}' is not there", static_in_its_place, m.where.before(done.what->id)));
        CHECK(m.recorded()->end == "not confirmed within 2min");
        CHECK(m.recorded()->now == confirmation_phase::failed);
        CHECK(m.undone == std::vector<override_id>{second});
        CHECK(m.view().runs.at("a.service") == "/bin/x static ");
        CHECK(m.view().drop_ins.empty());
    }
}

TEST_CASE(
    "a record that is gone or damaged takes nothing from the return: a copy says what waits") {
    for (bool const copy_too : {false, true})
        for (bool const damaged : {false, true}) {
            CAPTURE(copy_too);
            CAPTURE(damaged);
            confirmed_machine m(before_confirmed::older_applied);
            REQUIRE(m.apply_to_confirm().result == apply_result::done);
            auto const lose = [&](std::string const& path) {
                if (damaged)
                    REQUIRE(m.plain.write(path, ""));
                else
                    REQUIRE(m.plain.remove(path));
            };
            lose(m.where.confirmation());
            if (copy_too)
                lose(m.where.confirmation_now());
            m.time.time += two_minutes;
            m.let_timers_fire();
            m.check_as_first();
            auto const now = m.recorded();
            REQUIRE(now);
            CHECK(now->now == confirmation_phase::taken_back);
            // The ID alone does not tell which entries it had brought in.
            CHECK(m.undone.empty() == copy_too);
            CHECK(now->left.empty() == !copy_too);
            CHECK(std::filesystem::exists(m.where.confirmation() + ".damaged") == damaged);
        }
}

TEST_CASE("an end that cannot be written to what outlives a reboot is one all the same") {
    confirmed_machine m(before_confirmed::older_applied);
    REQUIRE(m.apply_to_confirm().result == apply_result::done);
    auto const id = m.recorded()->id;
    auto const waiting = *m.plain.read(m.where.confirmation());
    reset_ends_confirmation with("reset by bob", m.undo(), m.seen);
    REQUIRE(m.reset({.with = &with}).result == apply_result::done);
    // As if it could not be written.
    REQUIRE(m.plain.write(m.where.confirmation(), *waiting));
    CHECK_FALSE(m.plain.read(m.where.before(id))->has_value());
    m.time.time += two_minutes;
    CHECK_FALSE(m.back({.only_when_due = true}).what);
    CHECK_FALSE(m.back({.id = id, .only_when_due = true}).what);
    CHECK(m.view().runs.at("a.service") == "/bin/x static ");
    CHECK(m.apply(confirmed_machine::with_override("3")).result == apply_result::done);
}

TEST_CASE("what runs can be kept without the record of what was before") {
    confirmed_machine m(before_confirmed::older_applied);
    REQUIRE(m.apply_to_confirm().result == apply_result::done);
    REQUIRE(m.plain.remove(m.where.before(m.recorded()->id)));
    CHECK(m.confirm_by("alice"));
    CHECK(m.recorded()->now == confirmation_phase::confirmed);
}
