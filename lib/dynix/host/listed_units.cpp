#include "dynix/host/detail/listed_units.hpp"

#include "dynix/host/detail/property_calls.hpp"
#include "dynix/host/detail/property_values.hpp"

#include <deque>
#include <set>
#include <string_view>
#include <utility>

namespace dynix::host {
namespace {

// Every loaded unit, without its run. What a device is, the kernel says.
result<std::vector<unit_run>> list_units(sd_bus* bus) {
    bus_error failed;
    sd_bus_message* raw = nullptr;
    auto code = sd_bus_call_method(
        bus, destination, manager_path, manager_interface, "ListUnits", failed.get(), &raw, "");
    message_ptr const reply(raw);
    if (code < 0)
        return is_disconnect(code) ? not_reachable(code)
                                   : call_failed("list", "all units", failed, code);
    std::vector<listed_unit> listed;
    code = read_listed(raw, listed);
    std::vector<unit_run> found;
    found.reserve(listed.size());
    for (auto& unit : listed)
        if (!unit.name.ends_with(".device"))
            found.push_back(
                {.name = std::move(unit.name),
                 .active_state = std::move(unit.active_state),
                 .has_file = unit.load_state != "not-found"});
    if (code < 0)
        return not_understood("all units", code);
    return found;
}

// What the manager did not say of each unit: one that is gone since it was listed is no fault.
class refusals {
  public:
    explicit refusals(std::size_t units) : codes_(units) {}

    property_calls::refusal of(std::size_t unit) {
        return [&code = codes_[unit]](int why) { code = why; };
    }
    int code(std::size_t unit) const { return codes_[unit]; }
    bool is_gone(std::size_t unit) const { return is_no_unit(codes_[unit]); }
    bool is_error(std::size_t unit) const { return codes_[unit] < 0 && !is_gone(unit); }

  private:
    std::vector<int> codes_;
};

} // namespace

int read_listed(sd_bus_message* from, std::vector<listed_unit>& to) {
    auto code = sd_bus_message_enter_container(from, 'a', "(ssssssouso)");
    char const* name = nullptr;
    char const* load_state = nullptr;
    char const* active_state = nullptr;
    char const* sub_state = nullptr;
    char const* job = nullptr;
    char const* skipped = nullptr;
    std::uint32_t number = 0;
    while (code >= 0 && (code = sd_bus_message_read(
                             from, "(ssssssouso)", &name, &skipped, &load_state, &active_state,
                             &sub_state, &skipped, &skipped, &number, &job, &skipped)) > 0)
        to.push_back({name, load_state, active_state, sub_state, job});
    return code;
}

result<std::vector<std::string>> read_names(sd_bus* bus) {
    auto const units = list_units(bus);
    if (!units)
        return units.error();
    std::vector<std::string> names;
    names.reserve(units->size());
    for (auto const& unit : *units)
        names.push_back(unit.name);
    return names;
}

result<std::vector<unit_run>> read_runs(sd_bus* bus, std::vector<std::string> const& planned) {
    std::set<std::string_view> const known(planned.begin(), planned.end());
    auto listed = list_units(bus);
    if (!listed)
        return listed;
    auto& found = *listed;
    refusals refused(found.size());
    property_calls calls(bus);
    for (std::size_t i = 0; i < found.size(); ++i)
        if (!known.contains(found[i].name))
            calls.get(
                found[i].name, "Get", {unit_interface, "InvocationID"},
                [&unit = found[i]](sd_bus_message* from) {
                    return read_variant(from, "ay", id_bytes{unit.invocation_id});
                },
                refused.of(i));
    if (auto done = calls.wait(); !done)
        return done.error();
    std::vector<unit_run> there;
    there.reserve(found.size());
    for (std::size_t i = 0; i < found.size(); ++i)
        if (refused.is_error(i))
            return not_understood(found[i].name, refused.code(i));
        else if (!refused.is_gone(i))
            there.push_back(std::move(found[i]));
    return there;
}

result<std::vector<std::string>>
read_changed_files(sd_bus* bus, std::vector<unit_run> const& units) {
    std::deque<bool> changed(units.size()); // each has an address
    refusals refused(units.size());
    property_calls calls(bus);
    for (std::size_t i = 0; i < units.size(); ++i)
        if (units[i].has_file)
            calls.get(
                units[i].name, "Get", {unit_interface, "NeedDaemonReload"},
                [&one = changed[i]](sd_bus_message* from) { return read_variant(from, "b", one); },
                refused.of(i));
    if (auto done = calls.wait(); !done)
        return done.error();
    std::vector<std::string> found;
    for (std::size_t i = 0; i < units.size(); ++i)
        if (refused.is_error(i))
            return not_understood(units[i].name, refused.code(i));
        else if (changed[i])
            found.push_back(units[i].name);
    return found;
}

} // namespace dynix::host
