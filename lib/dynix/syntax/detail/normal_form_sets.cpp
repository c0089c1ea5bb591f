// The normal form: sets.
#include "dynix/syntax/detail/normal_form_writer.hpp"
#include "dynix/syntax/strings.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace dynix::syntax {

void normal_form_writer::put_path(node_list path) {
    auto separator = std::string_view();
    for (auto const step : path) {
        put(separator);
        separator = ".";
        put_step(step);
    }
}

void normal_form_writer::put_step(node step) {
    if (auto name = static_name(step)) {
        kept_words_.push_back(std::make_unique<std::string>(std::move(*name)));
        put_name(*kept_words_.back());
        return;
    }
    put("\"${");
    put(step.kind() == node_kind::interpolation ? step.child(0) : step);
    put("}\"");
}

void normal_form_writer::write_set(std::uint32_t index) {
    put(merge_.set(index).recursive ? "rec { " : "{ ");
    put_bindings(index);
    put("}");
}

void normal_form_writer::put_bindings(std::uint32_t index) {
    auto const& set = merge_.set(index);
    std::vector<merged_attribute const*> sorted;
    for (auto const& one : set.attributes)
        sorted.push_back(&one);
    std::sort(sorted.begin(), sorted.end(), [](auto const* a, auto const* b) {
        return a->name < b->name;
    });
    std::vector<std::string_view> inherited;
    std::map<std::uint32_t, std::vector<std::string_view>> inherited_from;
    for (auto const* const one : sorted) {
        if (one->from == merged_attribute::origin::inherited)
            inherited.push_back(one->name);
        else if (one->from == merged_attribute::origin::inherited_from)
            inherited_from[one->source].push_back(one->name);
    }
    if (!inherited.empty())
        put_inherited(inherited);
    for (auto const& [source, names] : inherited_from) {
        put("inherit (");
        put(set.sources[source]);
        put(")");
        put_names(names);
    }
    for (auto const* const one : sorted) {
        if (one->from != merged_attribute::origin::plain)
            continue;
        put_name(one->name);
        put(" = ");
        put_value(one->value, one->set);
    }
    for (auto const& one : set.dynamics) {
        put_step(one.step);
        put(" = ");
        put_value(one.value, one.set);
    }
}

void normal_form_writer::put_value(node value, std::uint32_t set) {
    if (set != no_set)
        put_set(set);
    else
        put(value);
    put("; ");
}

void normal_form_writer::put_inherited(std::vector<std::string_view> const& names) {
    put("inherit");
    put_names(names);
}

void normal_form_writer::put_names(std::vector<std::string_view> const& names) {
    for (auto const name : names) {
        put(" ");
        put_name(name);
    }
    put("; ");
}

} // namespace dynix::syntax
