#include "dynix/activation/preflight/unreadable.hpp"

#include "dynix/units/directives.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <utility>

namespace dynix::activation {
namespace {

// A unit with its drop-in, one assignment a line.
class whole_unit {
  public:
    explicit whole_unit(checked_unit const& unit) {
        auto all = unit.before;
        if (auto const drop_in = units::parse_unit(unit.wanted.text, unit.name))
            all.append(*drop_in);
        text_.name = unit.name;
        std::string section;
        for (auto& one : all.assignments) {
            if (one.section != section)
                add(fmt::format("[{}]\n", one.section));
            section = one.section;
            add(fmt::format("{}={}\n", one.key, one.value));
            one.line = lines_;
        }
        assignments_ = std::move(all.assignments);
    }

    host::unit_text const& text() const { return text_; }

    units::assignment const* at(std::size_t line) const {
        auto const found = std::find_if(
            assignments_.begin(), assignments_.end(),
            [&](units::assignment const& one) { return one.line == line; });
        return found == assignments_.end() ? nullptr : &*found;
    }

  private:
    void add(std::string const& line) {
        text_.text += line;
        ++lines_;
    }

    host::unit_text text_;
    std::size_t lines_ = 0;
    std::vector<units::assignment> assignments_;
};

bool brings(units::directive_change const& change, units::assignment const& one) {
    auto const& all = change.after;
    return change.section == one.section && change.key == units::subject_name(one) &&
           std::find(all.begin(), all.end(), one.value) != all.end() &&
           std::find(change.before.begin(), change.before.end(), one.value) == change.before.end();
}

bool is_new(checked_unit const& unit, units::assignment const& one) {
    return std::any_of(
        unit.wanted.changes.begin(), unit.wanted.changes.end(),
        [&](units::directive_change const& change) { return brings(change, one); });
}

error not_loaded(checked_unit const& unit, host::unit_reading const& reading) {
    std::vector<std::string> why;
    for (auto const& one : reading.remarks)
        why.push_back(one.text);
    return make_error(
        fmt::format(
            "systemd would not load '{}' with the change: {}", unit.name, fmt::join(why, "; ")),
        "change or undo the override: 'dynix undo'");
}

void judge(
    checked_unit const& unit, whole_unit const& whole, host::unit_reading const& reading,
    checked_plan& plan) {
    if (!reading.loads)
        return plan.refusals.push_back(not_loaded(unit, reading));
    for (auto const& remark : reading.remarks) {
        auto const* const one = remark.is_ignored() ? whole.at(remark.line) : nullptr;
        if (!one || !is_new(unit, *one))
            continue;
        auto const what = fmt::format("'{}={}' of '{}'", one->key, one->value, unit.name);
        auto const* const known = units::find_directive(one->section, one->key);
        bool const last_counts = !known || known->kind == units::directive_kind::scalar;
        if (last_counts && unit.after.last(one->section, one->key) == one->value)
            plan.refusals.push_back(make_error(
                fmt::format("systemd cannot read {}: {}", what, remark.text),
                "no process would have the value: change or undo the override ('dynix undo')"));
        else
            plan.warnings.push_back(fmt::format(
                "systemd ignores {}, as it would after a rebuild: {}", what, remark.text));
    }
}

} // namespace

void check_unreadable(checked_plan& plan, host::machine& host) {
    std::vector<checked_unit const*> changing;
    std::vector<whole_unit> wholes;
    std::vector<host::unit_text> texts;
    for (auto const& unit : plan.units)
        if ((unit.rewrite || unit.change != &changes::none) && !unit.wanted.changes.empty()) {
            changing.push_back(&unit);
            texts.push_back(wholes.emplace_back(unit).text());
        }
    if (texts.empty())
        return;
    auto const readings = host.units.read_units(texts);
    if (!readings) {
        plan.warnings.push_back(fmt::format(
            "whether systemd can read the change is not known: {}", readings.error().message));
        return;
    }
    for (std::size_t i = 0; i < changing.size(); ++i)
        judge(*changing[i], wholes[i], readings->at(i), plan);
}

} // namespace dynix::activation
