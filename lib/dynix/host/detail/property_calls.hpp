// Calls for properties of units, many of which are sent before the first answer is waited for.
#pragma once

#include "dynix/host/detail/bus_connection.hpp"

#include <cstddef>
#include <functional>
#include <list>
#include <string>
#include <vector>

namespace dynix::host {

// Whether a refusal, by its negative errno, is that the manager has no such unit or property
// (sd-bus-errors(3): UnknownObject, UnknownProperty; NoSuchUnit).
bool is_no_unit(int code);

// The answers are read in the order in which they come.
class property_calls {
  public:
    using reader = std::function<int(sd_bus_message*)>;
    using refusal = std::function<void(int code)>;

    explicit property_calls(sd_bus* bus) : bus_(bus) {}
    property_calls(property_calls const&) = delete;
    property_calls& operator=(property_calls const&) = delete;

    // `method` is that of org.freedesktop.DBus.Properties, and `words` are its arguments. An answer
    // that is an error is not read, and is for `refused`, with a negative errno.
    void
    get(std::string const& unit, char const* method, std::vector<char const*> const& words,
        reader read, refusal refused = {});

    // Asks the manager for the states of units, all of them at one moment (ListUnitsByNames).
    void list(std::vector<std::string> const& units, reader read, refusal refused = {});

    // Returns when every answer has been read. An error: the connection has ended, or an answer
    // could not be read.
    result<void> wait();

  private:
    struct call {
        property_calls* all;
        reader read;
        refusal refused;
        slot_ptr slot;
    };

    // Sends what was made, if the code of making it says that it was.
    void send(int code, sd_bus_message* request, reader read, refusal refused);
    void handle_one();
    static int on_answer(sd_bus_message* answer, void* data, sd_bus_error*);

    sd_bus* bus_;
    std::list<call> calls_; // the callbacks hold their addresses
    std::size_t waiting_ = 0;
    int code_ = 0;
};

} // namespace dynix::host
