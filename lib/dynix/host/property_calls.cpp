#include "dynix/host/detail/property_calls.hpp"

#include <cerrno>
#include <cstdlib>
#include <utility>

namespace dynix::host {
namespace {

constexpr std::size_t most_waiting = 64;

} // namespace

bool is_no_unit(int code) {
    return code == -EBADR || code == -ENOENT;
}

void property_calls::get(
    std::string const& unit, char const* method, std::vector<char const*> const& words, reader read,
    refusal refused) {
    char* path = nullptr;
    auto code = sd_bus_path_encode("/org/freedesktop/systemd1/unit", unit.c_str(), &path);
    sd_bus_message* raw = nullptr;
    if (code >= 0)
        code = sd_bus_message_new_method_call(
            bus_, &raw, destination, path, "org.freedesktop.DBus.Properties", method);
    std::free(path);
    message_ptr const request(raw);
    for (auto const* word : words)
        if (code >= 0)
            code = sd_bus_message_append_basic(raw, SD_BUS_TYPE_STRING, word);
    send(code, raw, std::move(read), std::move(refused));
}

void property_calls::list(std::vector<std::string> const& units, reader read, refusal refused) {
    sd_bus_message* raw = nullptr;
    auto code = sd_bus_message_new_method_call(
        bus_, &raw, destination, manager_path, manager_interface, "ListUnitsByNames");
    message_ptr const request(raw);
    if (code >= 0)
        code = sd_bus_message_open_container(raw, SD_BUS_TYPE_ARRAY, "s");
    for (auto const& unit : units)
        if (code >= 0)
            code = sd_bus_message_append_basic(raw, SD_BUS_TYPE_STRING, unit.c_str());
    if (code >= 0)
        code = sd_bus_message_close_container(raw);
    send(code, raw, std::move(read), std::move(refused));
}

void property_calls::send(int code, sd_bus_message* request, reader read, refusal refused) {
    if (code_ < 0)
        return;
    code_ = code;
    calls_.push_back({this, std::move(read), std::move(refused), nullptr});
    sd_bus_slot* slot = nullptr;
    if (code_ >= 0)
        code_ =
            sd_bus_call_async(bus_, &slot, request, on_answer, &calls_.back(), call_timeout_usec);
    calls_.back().slot.reset(slot);
    waiting_ += code_ >= 0;
    // A bus daemon takes no more than 128 calls of one connection (dbus-daemon(1),
    // max_replies_per_connection); as root we talk to systemd itself.
    while (code_ >= 0 && waiting_ >= most_waiting)
        handle_one();
}

void property_calls::handle_one() {
    // It calls on_answer, which may set the member.
    auto code = sd_bus_process(bus_, nullptr);
    if (code == 0)
        code = sd_bus_wait(bus_, UINT64_MAX);
    if (code < 0 && code != -EINTR)
        code_ = code;
}

result<void> property_calls::wait() {
    while (code_ >= 0 && waiting_ > 0)
        handle_one();
    if (code_ < 0)
        return is_disconnect(code_) ? not_reachable(code_) : not_understood("all units", code_);
    return {};
}

int property_calls::on_answer(sd_bus_message* answer, void* data, sd_bus_error*) {
    auto& one = *static_cast<call*>(data);
    --one.all->waiting_;
    auto code = 0;
    // Made by sd-bus itself: the connection has ended, or the time is up.
    if (sd_bus_message_is_method_error(answer, SD_BUS_ERROR_NO_REPLY) > 0)
        code = sd_bus_is_open(one.all->bus_) > 0 ? -ETIMEDOUT : -ENOTCONN;
    else if (sd_bus_message_is_method_error(answer, nullptr) == 0)
        code = one.read(answer);
    else if (one.refused)
        one.refused(-sd_bus_message_get_errno(answer));
    if (code < 0)
        one.all->code_ = code;
    return 0;
}

} // namespace dynix::host
