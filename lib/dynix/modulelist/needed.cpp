#include "dynix/modulelist/needed.hpp"

#include <algorithm>
#include <deque>
#include <set>

namespace dynix::modulelist {
namespace {

// What the module system itself reads: the arguments of modules.
constexpr auto arguments = "_module.args";

class closure {
  public:
    explicit closure(evidence const& from)
        : from_(from), listed_(from.list.begin(), from.list.end()) {
        add("");
        for (auto const& [reader, uses] : from.uses)
            if (!reader.empty() && is_the_users(reader))
                add(reader);
        while (!open_.empty()) {
            auto const reader = open_.front();
            open_.pop_front();
            follow(reader);
        }
    }

    needed_modules take() && {
        needed_modules out;
        for (auto const& name : from_.list)
            if (auto found = reasons_.find(name); found != reasons_.end())
                out.modules.push_back({name, std::move(found->second)});
        auto const base = from_.options.find(arguments);
        if (base != from_.options.end())
            fixed_.insert(base->second.defined_by.begin(), base->second.defined_by.end());
        for (auto const& root : roots_)
            order(root, out.candidates);
        return out;
    }

  private:
    // What is no file of the list and imported by none of it.
    bool is_the_users(std::string const& name) const {
        return !listed_.contains(name) && listed_entry(name).empty();
    }

    // The module of the list that brings a file in, or nothing.
    std::string listed_entry(std::string name) const {
        std::set<std::string> seen;
        while (!listed_.contains(name)) {
            auto const by = from_.imported_by.find(name);
            if (by == from_.imported_by.end() || !seen.insert(name).second)
                return {};
            name = by->second;
        }
        return name;
    }

    void add(std::string const& name) {
        if (known_.insert(name).second) {
            open_.push_back(name);
            roots_.push_back(name);
        }
    }

    void because(std::string const& name, reason why) {
        auto& reasons = reasons_[name];
        auto const same = std::find_if(reasons.begin(), reasons.end(), [&](reason const& one) {
            return one.reader == why.reader && one.use == why.use;
        });
        if (same == reasons.end()) {
            if (known_.insert(name).second) {
                open_.push_back(name);
                brought_in_[why.reader].push_back(name);
            }
            reasons.push_back(std::move(why));
        } else {
            same->declares |= why.declares;
            same->defines |= why.defines;
        }
    }

    void follow(std::string const& reader) {
        if (auto const entry = listed_entry(reader); !entry.empty() && entry != reader)
            because(entry, {reader, {}, true, false});
        auto const uses = from_.uses.find(reader);
        if (uses == from_.uses.end())
            return;
        for (auto const& use : uses->second) {
            auto const found = from_.options.find(use.option);
            if (found == from_.options.end())
                continue;
            auto const& facts = found->second;
            for (auto const& name : facts.declared_by)
                because(name, {reader, use, true, false});
            for (auto const& name : definers(facts, use))
                because(name, {reader, use, false, true});
        }
    }

    // Of a set, those of the elements that are read; who reads it has a use of its own for each.
    static std::vector<std::string> definers(option_facts const& facts, option_use const& use) {
        if (use.declaration)
            return {};
        if (use.key) {
            auto const found = facts.keys.find(*use.key);
            return found == facts.keys.end() ? std::vector<std::string>() : found->second;
        }
        bool const by_key = !facts.keys.empty() && use.option != arguments;
        return by_key ? std::vector<std::string>() : facts.defined_by;
    }

    void order(std::string const& name, std::vector<std::string>& out) {
        if (!ordered_.insert(name).second)
            return;
        if (listed_.contains(name) && !fixed_.contains(name))
            out.push_back(name);
        for (auto const& inner : brought_in_[name])
            order(inner, out);
    }

    evidence const& from_;
    std::set<std::string> listed_;
    std::set<std::string> known_{};
    std::set<std::string> fixed_{};
    std::set<std::string> ordered_{};
    std::deque<std::string> open_{};
    std::vector<std::string> roots_{};
    std::map<std::string, std::vector<reason>> reasons_{};
    std::map<std::string, std::vector<std::string>> brought_in_{};
};

} // namespace

needed_modules modules_needed(evidence const& from) {
    return closure(from).take();
}

} // namespace dynix::modulelist
