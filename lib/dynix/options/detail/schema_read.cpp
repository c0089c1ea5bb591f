// Reading options.json as a stream of events: only the names of ten thousand options and the
// details of the few that are asked for are kept, so that `dynix append` need not build the rest.
#include "dynix/options/content.hpp"
#include "dynix/options/detail/read_option.hpp"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <utility>

namespace dynix::options {
namespace {

using boost::json::error_code;
using boost::json::string_view;

// Where the path to a node stands to the path whose details are asked for.
enum class relation : std::uint8_t { on_the_way, below, aside };

enum class frame_kind : std::uint8_t { root, tree, node };

struct frame {
    frame_kind kind;
    relation where = relation::on_the_way;
    std::vector<node>* names = nullptr; // of a tree
};

class handler {
  public:
    static constexpr std::size_t max_object_size = std::size_t(-1);
    static constexpr std::size_t max_array_size = std::size_t(-1);
    static constexpr std::size_t max_key_size = std::size_t(-1);
    static constexpr std::size_t max_string_size = std::size_t(-1);

    explicit handler(std::span<std::string const> detailed) : detailed_(detailed) {}

    // The fault found in a well-formed text; the version comes first, since a newer one may have
    // another form.
    result<void> verdict(std::string_view name) const {
        if (!version_)
            return make_error(fmt::format("{}: this is no schema: it has no version", name));
        if (*version_ != schema_version)
            return make_error(
                fmt::format(
                    "{} has version {}, and this dynix reads version {}", name, *version_,
                    schema_version),
                "switch to a system whose dynix and schema belong together");
        if (fault_)
            return *fault_;
        if (!has_options_)
            return make_error(fmt::format("{}: member 'options' is missing", name));
        return {};
    }
    std::unique_ptr<schema::content> release() { return std::move(content_); }

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_comment_part(string_view, error_code&) { return true; }
    bool on_comment(string_view, error_code&) { return true; }
    bool on_number_part(string_view, error_code&) { return true; }

    bool on_object_begin(error_code&) {
        if (skipped_ > 0 || captured_ > 0)
            return deeper();
        if (frames_.empty()) {
            frames_.push_back({frame_kind::root});
            return true;
        }
        auto const top = frames_.back();
        if (top.kind == frame_kind::tree) {
            frames_.push_back({frame_kind::node, relation_of(top, key_)});
            names_.push_back(key_);
            record_ = boost::json::object();
        } else if (key_ == (top.kind == frame_kind::root ? "options" : "below")) {
            enter_tree(top);
        } else {
            begin_value();
            return deeper();
        }
        return true;
    }
    bool on_object_end(std::size_t count, error_code&) {
        if (skipped_ > 0 || captured_ > 0) {
            if (captured_ > 0)
                stack_.push_object(count);
            return shallower();
        }
        auto const top = frames_.back();
        frames_.pop_back();
        if (top.kind == frame_kind::node) {
            end_node(top);
            names_.pop_back();
        } else if (top.kind == frame_kind::tree) {
            sort(*top.names);
        }
        return true;
    }
    bool on_array_begin(error_code&) {
        if (skipped_ == 0 && captured_ == 0)
            begin_value();
        return deeper();
    }
    bool on_array_end(std::size_t count, error_code&) {
        if (captured_ > 0)
            stack_.push_array(count);
        return shallower();
    }

    bool on_key_part(string_view part, std::size_t, error_code&) {
        append_part(part);
        return true;
    }
    bool on_key(string_view part, std::size_t, error_code&) {
        if (captured_ > 0) {
            if (parts_.empty()) {
                stack_.push_key(part);
                return true;
            }
            append_part(part);
            stack_.push_key(std::exchange(parts_, {}));
        } else if (skipped_ == 0) {
            append_part(part);
            key_ = std::exchange(parts_, {});
        } else {
            parts_.clear();
        }
        return true;
    }
    bool on_string_part(string_view part, std::size_t, error_code&) {
        append_part(part);
        return true;
    }
    bool on_string(string_view part, std::size_t, error_code&) {
        return scalar([&] {
            if (parts_.empty()) {
                stack_.push_string(part);
            } else {
                append_part(part);
                stack_.push_string(parts_);
            }
        });
    }
    bool on_int64(std::int64_t number, string_view, error_code&) {
        if (is_version())
            version_ = number;
        return scalar([&] { stack_.push_int64(number); });
    }
    bool on_uint64(std::uint64_t number, string_view, error_code&) {
        return scalar([&] { stack_.push_uint64(number); });
    }
    bool on_double(double number, string_view, error_code&) {
        return scalar([&] { stack_.push_double(number); });
    }
    bool on_bool(bool truth, error_code&) {
        return scalar([&] { stack_.push_bool(truth); });
    }
    bool on_null(error_code&) {
        return scalar([&] { stack_.push_null(); }, true);
    }

  private:
    bool deeper() {
        (captured_ > 0 ? captured_ : skipped_) += 1;
        return true;
    }
    bool shallower() {
        if (captured_ == 0) {
            --skipped_;
        } else if (--captured_ == 1) {
            captured_ = 0;
            end_value();
        }
        return true;
    }

    // Strings that are not kept are not put together either.
    void append_part(string_view part) {
        if (skipped_ == 0)
            parts_.append(part.data(), part.size());
    }

    bool is_version() const {
        return skipped_ == 0 && captured_ == 0 && frames_.size() == 1 && key_ == "version";
    }

    template <class Push>
    bool scalar(Push push, bool null = false) {
        if (skipped_ > 0) {
        } else if (captured_ > 0) {
            push();
        } else if (frames_.empty()) {
            complain("the top level is not an object");
        } else if (frames_.back().kind == frame_kind::tree) {
            if (!null)
                complain(fmt::format("'{}' is neither null nor an object", key_));
            frames_.back().names->push_back({key_, node_kind::fixed, {}, nullptr, {}});
        } else if (begin_value(); captured_ > 0) {
            push();
            captured_ = 0;
            end_value();
        }
        parts_.clear();
        return true;
    }

    // A value of a node: kept when it is asked for.
    void begin_value() {
        auto const& top = frames_.empty() ? frame{frame_kind::root} : frames_.back();
        if (top.kind == frame_kind::tree)
            complain(fmt::format("'{}' is neither null nor an object", key_));
        if (frames_.empty())
            complain("the top level is not an object");
        if (top.kind != frame_kind::node)
            return;
        auto& at = current();
        if (key_ == "type")
            at.kind = node_kind::dynamic;
        if (key_ == "below")
            complain(fmt::format("the names below '{}' are not an object", at.name));
        if (key_ == "alias" || top.where != relation::aside) {
            captured_ = 1;
            stack_.reset();
        }
    }
    void end_value() { record_[key_] = stack_.release(); }

    void end_node(frame const& top) {
        auto& at = current();
        auto const place = [&] { return fmt::format("option '{}'", fmt::join(names_, ".")); };
        if (auto const* alias = record_.if_contains("alias")) {
            auto target = read_names(*alias, place());
            if (!target || target->empty())
                return complain(place() + " is an alias of nothing");
            at.kind = node_kind::alias;
            at.target = std::move(*target);
        } else if (at.kind == node_kind::dynamic && top.where != relation::aside) {
            auto what = read_option(record_, *content_, place());
            if (!what)
                return complain(what.error().message);
            at.what = *what;
        }
        record_.clear();
    }

    void enter_tree(frame const& top) {
        auto& names = top.kind == frame_kind::root ? content_->roots : current().below;
        has_options_ = true;
        frames_.push_back({frame_kind::tree, top.where, &names});
    }

    // The node that is being read: the last one of the innermost tree.
    node& current() {
        auto const tree = std::find_if(frames_.rbegin(), frames_.rend(), [](frame const& one) {
            return one.kind == frame_kind::tree;
        });
        return tree->names->back();
    }

    relation relation_of(frame const& tree, std::string const& name) {
        tree.names->push_back({name, node_kind::group, {}, nullptr, {}});
        if (tree.where != relation::on_the_way)
            return tree.where;
        if (names_.size() >= detailed_.size())
            return relation::below;
        return detailed_[names_.size()] == name ? relation::on_the_way : relation::aside;
    }

    static void sort(std::vector<node>& names) {
        auto const by_name = [](node const& a, node const& b) { return a.name < b.name; };
        if (!std::is_sorted(names.begin(), names.end(), by_name))
            std::stable_sort(names.begin(), names.end(), by_name);
    }

    void complain(std::string what) {
        if (!fault_)
            fault_ = make_error(std::move(what));
    }

    std::unique_ptr<schema::content> content_ = std::make_unique<schema::content>();
    std::span<std::string const> detailed_;
    std::vector<frame> frames_;
    std::vector<std::string> names_; // of the nodes being read
    std::string key_;
    std::string parts_;        // of a key or string that comes in pieces
    std::size_t skipped_ = 0;  // how deep inside a value that is not kept
    std::size_t captured_ = 0; // one more than how deep inside a value that is kept
    boost::json::value_stack stack_;
    boost::json::object record_; // the values kept of the node being read
    std::optional<std::int64_t> version_;
    std::optional<error> fault_;
    bool has_options_ = false;
};

} // namespace

result<schema>
schema::read(std::string_view text, std::string_view name, std::span<std::string const> detailed) {
    boost::json::parse_options limits;
    limits.max_depth = dynix::json::deepest;
    boost::json::basic_parser<handler> parser(limits, detailed);
    error_code failed;
    auto const read = parser.write_some(false, text.data(), text.size(), failed);
    if (!failed && read < text.size())
        failed = boost::json::error::extra_data;
    if (failed)
        return make_error(
            fmt::format("{}: not valid JSON at byte {}: {}", name, read, failed.message()),
            "a switch writes it again");
    if (auto good = parser.handler().verdict(name); !good) {
        auto wrong = good.error();
        if (!wrong.message.starts_with(name))
            wrong.message = fmt::format("{}: {}", name, wrong.message);
        return wrong;
    }
    return schema(parser.handler().release());
}

} // namespace dynix::options
