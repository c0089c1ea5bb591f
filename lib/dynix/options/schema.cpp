#include "dynix/options/schema.hpp"

#include "dynix/base/file.hpp"
#include "dynix/options/content.hpp"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>
#include <utility>

namespace dynix::options {
namespace {

// An old name on the way of `path`, and how many names lead to it; nullptr for none.
std::pair<node const*, std::size_t> alias_in(schema const& in, std::span<std::string const> path) {
    for (std::size_t length = 1; length <= path.size(); ++length) {
        auto const* at = in.find(path.first(length));
        if (at == nullptr)
            break;
        if (at->kind == node_kind::alias)
            return {at, length};
    }
    return {};
}

} // namespace

schema::schema(std::unique_ptr<content> what) : content_(std::move(what)) {}
schema::schema(schema&&) noexcept = default;
schema& schema::operator=(schema&&) noexcept = default;
schema::~schema() = default;

std::vector<node> const& schema::roots() const {
    return content_->roots;
}

node const* find(std::vector<node> const& nodes, std::string_view name) {
    auto const at = std::lower_bound(
        nodes.begin(), nodes.end(), name,
        [](node const& one, std::string_view wanted) { return one.name < wanted; });
    return at != nodes.end() && at->name == name ? &*at : nullptr;
}

bool any_dynamic(std::vector<node> const& nodes) {
    return std::any_of(nodes.begin(), nodes.end(), [](node const& one) {
        return one.kind == node_kind::dynamic || any_dynamic(one.below);
    });
}

node const* schema::find(std::span<std::string const> path) const {
    auto const* nodes = &roots();
    node const* at = nullptr;
    for (auto const& name : path) {
        at = options::find(*nodes, name);
        if (at == nullptr)
            return nullptr;
        nodes = &at->below;
    }
    return at;
}

result<schema> schema::load(std::string const& file, std::span<std::string const> detailed) {
    auto const text = read_file_if_any(file, largest_schema);
    if (!text)
        return text.error();
    if (!*text)
        return make_error(
            fmt::format("there is no schema of the options: '{}' does not exist", file),
            "a switch to a system with 'dynamicism.enable' writes it");
    auto made = read(**text, file, detailed);
    if (!made)
        return made;
    auto const [alias, length] = alias_in(*made, detailed);
    if (alias == nullptr)
        return made;
    auto target = alias->target;
    auto const rest = detailed.subspan(length);
    target.insert(target.end(), rest.begin(), rest.end());
    return read(**text, file, target);
}

} // namespace dynix::options
