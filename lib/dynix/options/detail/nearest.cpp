#include "dynix/base/nearest.hpp"

#include "dynix/options/resolve.hpp"
#include "dynix/syntax/attribute_path.hpp"

#include <iterator>

namespace dynix::options {
namespace {

// The paths of all options, those that may change and the others.
struct all_paths {
    std::vector<std::string> dynamic;
    std::vector<std::string> fixed;

    void collect(std::vector<node> const& nodes, std::string const& above) {
        for (auto const& one : nodes) {
            auto path = above + (above.empty() ? "" : ".") + syntax::print_attribute_name(one.name);
            switch (one.kind) {
            case node_kind::group:
                collect(one.below, path);
                break;
            case node_kind::dynamic:
                dynamic.push_back(std::move(path));
                break;
            case node_kind::fixed:
                fixed.push_back(std::move(path));
                break;
            case node_kind::alias:
                break;
            }
        }
    }
};

} // namespace

std::vector<std::string> nearest_options(schema const& in, option_path const& path) {
    all_paths all;
    all.collect(in.roots(), "");
    auto known = std::move(all.dynamic);
    known.insert(
        known.end(), std::make_move_iterator(all.fixed.begin()),
        std::make_move_iterator(all.fixed.end()));
    auto const wanted = syntax::print_attribute_path(path);
    if (auto near = nearest(wanted, known); !near.empty())
        return near;
    // The end of a path, such as 'maxJobs' or 'distccd.maxJobs'.
    auto const end = "." + lower_case(wanted);
    std::vector<std::string> ends;
    for (auto& one : known)
        if (ends.size() < 3 && lower_case(one).ends_with(end))
            ends.push_back(std::move(one));
    return ends;
}

} // namespace dynix::options
